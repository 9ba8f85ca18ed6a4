using System.Runtime.CompilerServices;
using SecureStation.Core.Noise;
using SecureStation.Core.Noise.Primitives;
using static SecureStation.Core.Tests.Noise.NoiseSides;

namespace SecureStation.Core.Tests.Noise;

/// <summary>The engine's own buffers are zero once they are of no more use.</summary>
public class NoiseSecretsTests
{
    public enum Ending
    {
        Split,
        Failure,
        Disposal,
    }

    [Theory]
    [InlineData(Ending.Split)]
    [InlineData(Ending.Failure)]
    [InlineData(Ending.Disposal)]
    public void A_handshake_that_is_over_holds_no_secret(Ending ending)
    {
        HandshakeState a = Initiator("XXpsk3"), b = Responder("XXpsk3");
        Step(a, b);
        Step(a, b);
        byte[][] secrets = [Ck(Symmetric(a)), Psks(a)[0]];
        NoiseKeyPair ephemeral = Ephemeral(a);
        Assert.All(secrets, secret => Assert.NotEqual(new byte[32], secret));

        switch (ending)
        {
            case Ending.Split:
                Step(a, b);
                using (TransportState transport = a.Split())
                {
                    byte[] exported = Bytes(ExportSecret(transport));
                    Assert.NotEqual(new byte[32], exported);
                    transport.Dispose();
                    Assert.Equal(new byte[32], exported);
                }

                break;
            case Ending.Failure:
                Fails(StationFault.InvalidArgument, () => a.WriteMessage([], []));
                break;
            default:
                a.Dispose();
                break;
        }

        Assert.All(secrets, secret => Assert.Equal(new byte[32], secret));
        Assert.Equal(new byte[32], SharedSecret(a));
        AssertGone(ephemeral);
        // The static key pair is the caller's.
        InitiatorStatic.ComputeSharedSecret(ResponderStatic.PublicKey.ToArray(), new byte[32]);
    }

    [Theory]
    [InlineData(Ending.Split)]
    [InlineData(Ending.Failure)]
    [InlineData(Ending.Disposal)]
    public void A_hybrid_handshake_keeps_no_KEM_key(Ending ending)
    {
        HandshakeState a = Initiator("NNhfs", "25519+MLKEM768_AESGCM_SHA256"), b = Responder("NNhfs", "25519+MLKEM768_AESGCM_SHA256");
        Step(a, b);
        MLKem768PrivateKey key = KemKey(a)!;
        key.GetEncapsulationKey(new byte[MLKem768.EncapsulationKeyLength]);
        switch (ending)
        {
            case Ending.Split:
                Step(a, b);

                // Gone as soon as it has been used.
                AssertGone(key);
                a.Split().Dispose();
                break;
            case Ending.Failure:
                byte[] message = Write(b);
                message[^1] ^= 1;
                Fails(StationFault.HandshakeFailed, () => Read(a, message));
                break;
            default:
                a.Dispose();
                break;
        }

        AssertGone(key);
        Assert.Equal(new byte[32], SharedSecret(a));
        Assert.Equal(new byte[32], SharedSecret(b));
    }

    [Fact]
    public void BouncyCastles_KEM_key_is_dropped()
    {
        using MLKem768PrivateKey key = new BouncyCastleMLKem768().Generate();
        System.Reflection.FieldInfo field = Assert.Single(key.GetType().GetFields(System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic));
        Assert.NotNull(field.GetValue(key));
        key.Dispose();
        Assert.Null(field.GetValue(key));
    }

    [Fact]
    public void A_key_pair_that_is_disposed_of_is_gone()
    {
        NoiseKeyPair pair = NoiseKeyPair.Generate();
        pair.Dispose();
        AssertGone(pair);
    }

    [Fact]
    public void BouncyCastles_copy_of_a_private_key_is_zeroed()
    {
        var key = new BouncyCastleX25519PrivateKey([9, .. new byte[31]]);
        Assert.NotEqual(new byte[32], Bytes(key));
        key.Dispose();
        Assert.Equal(new byte[32], Bytes(key));
    }

    // OpenSSL zeroes the key when its handle is closed.
    private static void AssertGone(NoiseKeyPair pair)
    {
        Fails(StationFault.InvalidState, () => pair.ComputeSharedSecret(ResponderStatic.PublicKey.ToArray(), new byte[32]));
        switch (PrivateKey(pair))
        {
            case BouncyCastleX25519PrivateKey key:
                Assert.Equal(new byte[32], Bytes(key));
                break;
            case OpenSslX25519PrivateKey key:
                Assert.True(key.IsClosed);
                break;
        }
    }

    private static void AssertGone(MLKem768PrivateKey key)
        => Assert.Throws<ObjectDisposedException>(() => key.GetEncapsulationKey(new byte[MLKem768.EncapsulationKeyLength]));

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_localKemKey")]
    private static extern ref MLKem768PrivateKey? KemKey(HandshakeState state);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_symmetric")]
    private static extern ref SymmetricState Symmetric(HandshakeState state);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_ck")]
    private static extern ref byte[] Ck(SymmetricState state);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_localEphemeral")]
    private static extern ref NoiseKeyPair Ephemeral(HandshakeState state);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_psks")]
    private static extern ref byte[][] Psks(HandshakeState state);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_sharedSecret")]
    private static extern ref byte[] SharedSecret(HandshakeState state);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_privateKey")]
    private static extern ref X25519PrivateKey PrivateKey(NoiseKeyPair pair);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_privateKey")]
    private static extern ref SecretBytes Secret(BouncyCastleX25519PrivateKey key);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_exportSecret")]
    private static extern ref SecretBytes ExportSecret(TransportState state);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_bytes")]
    private static extern ref byte[] Bytes(SecretBytes secret);

    private static byte[] Bytes(BouncyCastleX25519PrivateKey key) => Bytes(Secret(key));
}
