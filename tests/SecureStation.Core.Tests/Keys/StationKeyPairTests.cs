using System.Security.Cryptography;
using System.Text;
using SecureStation.Core.Keys;
using SecureStation.Core.Keys.Files;

namespace SecureStation.Core.Tests.Keys;

public class StationKeyPairTests
{
    private static readonly byte[] s_data = "the exact bytes"u8.ToArray();

    [Theory]
    [InlineData(StationKeyAlgorithm.Ed25519, 0, 256)]
    [InlineData(StationKeyAlgorithm.EcdsaP256, 0, 256)]
    [InlineData(StationKeyAlgorithm.Rsa, 0, 3072)]
    [InlineData(StationKeyAlgorithm.Rsa, 2048, 2048)]
    public void Signs_for_each_purpose_alone(StationKeyAlgorithm algorithm, int askedSize, int keySize)
    {
        using StationKeyPair keyPair = StationKeyPair.Generate(algorithm, askedSize);
        using StationKeyPair other = StationKeyPair.Generate(algorithm, askedSize);

        Assert.Equal((algorithm, keySize, false, null), (keyPair.Algorithm, keyPair.KeySize, keyPair.IsStored, keyPair.Name));
        foreach (SignaturePurpose purpose in Enum.GetValues<SignaturePurpose>())
        {
            byte[] signature = keyPair.Sign(purpose, s_data);
            foreach (SignaturePurpose asked in Enum.GetValues<SignaturePurpose>())
            {
                Assert.Equal(asked == purpose, keyPair.PublicKey.Verify(asked, s_data, signature));
            }

            Assert.False(other.PublicKey.Verify(purpose, s_data, signature));
            Assert.False(keyPair.PublicKey.Verify(purpose, s_data.AsSpan(1), signature));
            Assert.False(keyPair.PublicKey.Verify(purpose, s_data, []));
            Assert.False(keyPair.PublicKey.Verify(purpose, s_data, signature.AsSpan(1)));
            Assert.False(keyPair.PublicKey.Verify(purpose, s_data, [.. signature, 0]));
            Assert.False(keyPair.PublicKey.Verify(purpose, s_data, new byte[2000]));
            signature[signature.Length / 2] ^= 1;
            Assert.False(keyPair.PublicKey.Verify(purpose, s_data, signature));
        }
    }

    [Theory]
    [InlineData(SignaturePurpose.StaticKey, "static-key")]
    [InlineData(SignaturePurpose.Transcript, "transcript")]
    [InlineData(SignaturePurpose.Receipt, "receipt")]
    [InlineData(SignaturePurpose.Log, "log")]
    public void Signs_prefix_zero_byte_and_data(SignaturePurpose purpose, string name)
    {
        using StationKeyPair keyPair = StationKeyPair.Generate(StationKeyAlgorithm.Rsa, 2048);
        using RSA rsa = RSA.Create();
        rsa.ImportSubjectPublicKeyInfo(keyPair.PublicKey.ToBytes(), out _);

        byte[] expectedInput = [.. Encoding.ASCII.GetBytes($"SecureStation/1 {name}"), 0, .. s_data];
        Assert.True(rsa.VerifyData(expectedInput, keyPair.Sign(purpose, s_data), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    [Fact]
    public void Signs_ecdsa_in_der()
    {
        using StationKeyPair keyPair = StationKeyPair.Generate(StationKeyAlgorithm.EcdsaP256);
        Assert.Equal(0x30, keyPair.Sign(SignaturePurpose.Log, s_data)[0]);
        Assert.False(keyPair.PublicKey.Verify(SignaturePurpose.Log, s_data, new byte[64]));
    }

    [Fact]
    public void Signs_from_many_threads()
    {
        using StationKeyPair keyPair = StationKeyPair.Generate(StationKeyAlgorithm.EcdsaP256);
        Parallel.For(0, 64, i =>
        {
            byte[] data = BitConverter.GetBytes(i);
            Assert.True(keyPair.PublicKey.Verify(SignaturePurpose.Log, data, keyPair.Sign(SignaturePurpose.Log, data)));
        });
    }

    [Theory]
    [InlineData(StationKeyAlgorithm.Rsa, 1024)]
    [InlineData(StationKeyAlgorithm.Rsa, 2049)]
    [InlineData(StationKeyAlgorithm.Rsa, 8256)]
    [InlineData(StationKeyAlgorithm.Rsa, -1)]
    [InlineData(StationKeyAlgorithm.Ed25519, 255)]
    [InlineData(StationKeyAlgorithm.EcdsaP256, 384)]
    [InlineData((StationKeyAlgorithm)99, 0)]
    public void Generates_no_other_sizes(StationKeyAlgorithm algorithm, int keySize) =>
        StationAssert.Fails(StationFault.InvalidArgument, () => StationKeyPair.Generate(algorithm, keySize));

    [Theory]
    [InlineData(StationKeyAlgorithm.Ed25519)]
    [InlineData(StationKeyAlgorithm.EcdsaP256)]
    [InlineData(StationKeyAlgorithm.Rsa)]
    public void Is_of_no_use_after_dispose(StationKeyAlgorithm algorithm)
    {
        StationKeyPair keyPair = StationKeyPair.Generate(algorithm, algorithm == StationKeyAlgorithm.Rsa ? 2048 : 0);
        keyPair.Dispose();
        keyPair.Dispose();

        StationAssert.Fails(StationFault.InvalidState, () => keyPair.Sign(SignaturePurpose.Log, s_data));
        StationAssert.Fails(StationFault.InvalidState, () => KeyFile.FormatPrivate(keyPair));
        Assert.NotNull(keyPair.PublicKey);
    }

    [Fact]
    public void Shows_only_its_fingerprint()
    {
        using StationKeyPair keyPair = StationKeyPair.Generate();
        Assert.Equal(keyPair.Fingerprint.ToString(), keyPair.ToString());

        // Whatever prints public properties (Format-List *, ConvertTo-Json) must not find the private key.
        Assert.DoesNotContain(
            typeof(StationKeyPair).GetProperties(),
            property => property.PropertyType == typeof(byte[]) || property.PropertyType == typeof(ReadOnlyMemory<byte>));
    }
}
