using System.Numerics;
using System.Security.Cryptography;
using System.Text.Json;
using SecureStation.Core.DiffieHellman;

namespace SecureStation.Core.Tests.DiffieHellman;

public class DhExchangeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("ffdhe2048", 256)]
    [InlineData("ffdhe3072", 384)]
    [InlineData("ffdhe4096", 512)]
    [InlineData("modp2048", 256)]
    [InlineData("modp8192", 1024)]
    public void Both_sides_compute_the_same_secret_as_long_as_the_prime(string group, int length)
    {
        DhParameter parameter = DhGroup.Get(group).Parameter;
        using DhKeyPair a = DhKeyPair.Generate(parameter, cancellationToken: Token);
        using DhKeyPair b = DhKeyPair.Generate(parameter, cancellationToken: Token);
        using DhSharedSecret ab = DhExchange.Agree(a, b.PublicKey);
        using DhSharedSecret ba = DhExchange.Agree(b, a.PublicKey);

        Assert.Equal(ab.ToHex(), ba.ToHex());
        Assert.Equal(length, ab.Length);
        Assert.Equal(group, ab.GroupName);
        BigInteger expected = BigInteger.ModPow(b.PublicKey.Value!.Value, new BigInteger(a.CopyPrivateKey(), isUnsigned: true, isBigEndian: true), parameter.Prime);
        Assert.Equal(expected, new BigInteger(ab.ToBytes(), isUnsigned: true, isBigEndian: true));
    }

    [Fact]
    public void Zeros_on_the_left_of_the_secret_are_kept()
    {
        // x = 2: the secret is y². With y = 2^k small it begins with zeros.
        DhParameter parameter = DhGroup.Get("ffdhe2048").Parameter;
        using DhKeyPair own = DhKeyPair.Import(Samples.PrivateKeyInfo(parameter.Prime, 2, 2), cancellationToken: Token);
        DhPublicKey peer = DhPublicKey.FromValue(parameter, 4, cancellationToken: Token);
        using DhSharedSecret secret = DhExchange.Agree(own, peer);
        Assert.Equal(256, secret.Length);
        Assert.Equal(new string('0', 510) + "10", secret.ToHex());
    }

    [Fact]
    public void X25519_agrees()
    {
        using DhKeyPair a = DhKeyPair.GenerateX25519();
        using DhKeyPair b = DhKeyPair.GenerateX25519();
        using DhSharedSecret ab = DhExchange.Agree(a, b.PublicKey);
        using DhSharedSecret ba = DhExchange.Agree(b, a.PublicKey);
        Assert.Equal(ab.ToHex(), ba.ToHex());
        Assert.Equal(32, ab.Length);
    }

    [Fact]
    public void Degenerate_secrets_are_refused()
    {
        // x = q is a private value that openssl would read; y^q is 1. Its own public value is refused at import, so it is made here.
        DhParameter parameter = DhGroup.Get("ffdhe2048").Parameter;
        using DhKeyPair own = DhKeyPair.FromExponent(parameter, (parameter.Prime >> 1).ToByteArray(isUnsigned: true, isBigEndian: true));
        StationException refused = Assert.Throws<StationException>(() => DhExchange.Agree(own, DhPublicKey.FromValue(parameter, 4, cancellationToken: Token)));
        Assert.Equal(StationFault.InvalidParameter, refused.Fault);

        var whole = new DhParameter(parameter.Prime, Samples.NonResidueOfFfdhe2048);
        using DhKeyPair half = DhKeyPair.FromExponent(whole, (parameter.Prime >> 1).ToByteArray(isUnsigned: true, isBigEndian: true));
        DhPublicKey nonResidue = DhPublicKey.FromValue(whole, Samples.NonResidueOfFfdhe2048, cancellationToken: Token);
        Assert.Throws<StationException>(() => DhExchange.Agree(half, nonResidue));
    }

    [Fact]
    public void Keys_of_different_groups_do_not_agree()
    {
        using DhKeyPair a = DhKeyPair.Generate(DhGroup.Get("ffdhe2048").Parameter, cancellationToken: Token);
        using DhKeyPair b = DhKeyPair.Generate(DhGroup.Get("modp2048").Parameter, cancellationToken: Token);
        using DhKeyPair c = DhKeyPair.GenerateX25519();
        Assert.Equal(StationFault.InvalidParameter, Assert.Throws<StationException>(() => DhExchange.Agree(a, b.PublicKey)).Fault);
        Assert.Equal(StationFault.InvalidParameter, Assert.Throws<StationException>(() => DhExchange.Agree(a, c.PublicKey)).Fault);
        Assert.Equal(StationFault.InvalidParameter, Assert.Throws<StationException>(() => DhExchange.Agree(c, a.PublicKey)).Fault);
    }

    [Fact]
    public void Only_SHA_2_derives_keys()
    {
        using var secret = new DhSharedSecret([1, 2, 3], DhAlgorithm.X25519, null);
        Assert.Equal(48, secret.DeriveKey(48, hash: HashAlgorithmName.SHA384).Length);
        Assert.Equal(StationFault.InvalidArgument, Assert.Throws<StationException>(() => secret.DeriveKey(16, hash: HashAlgorithmName.SHA1)).Fault);
        Assert.Equal(StationFault.InvalidArgument, Assert.Throws<StationException>(() => secret.DeriveKey(0)).Fault);
    }

    [Fact]
    public void Secrets_show_themselves_only_when_asked_and_are_wiped()
    {
        byte[] bytes = [0xde, 0xad, 0xbe, 0xef];
        var secret = new DhSharedSecret(bytes, DhAlgorithm.FiniteField, null);
        using DhDerivedKey key = secret.DeriveKey(4);
        Assert.DoesNotContain("deadbeef", $"{secret} {JsonSerializer.Serialize(secret)}", StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(key.ToHex(), $"{key} {JsonSerializer.Serialize(key)}", StringComparison.OrdinalIgnoreCase);
        Assert.Equal("deadbeef", secret.ToHex());
        secret.Dispose();
        Assert.Equal(new byte[4], bytes);
        Assert.Throws<ObjectDisposedException>(() => secret.ToHex());
        Assert.Throws<ObjectDisposedException>(() => secret.DeriveKey(4));
    }
}
