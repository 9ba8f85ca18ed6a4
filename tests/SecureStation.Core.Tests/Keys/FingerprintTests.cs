using SecureStation.Core.Keys;

namespace SecureStation.Core.Tests.Keys;

public class FingerprintTests
{
    // printf abc | openssl dgst -sha256 -binary | base64
    private const string OfAbc = "SHA256:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0";

    [Fact]
    public void Is_unpadded_base64_of_sha256() => Assert.Equal(OfAbc, Fingerprint.Of("abc"u8).ToString());

    [Theory]
    [InlineData(OfAbc)]
    [InlineData(OfAbc + "=")]
    [InlineData("  " + OfAbc + "\r\n")]
    [InlineData("sha256:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0")]
    public void Reads_what_people_copy(string text) => Assert.Equal(Fingerprint.Of("abc"u8), Fingerprint.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("SHA256:")]
    [InlineData("ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0")]
    [InlineData("MD5:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0")]
    [InlineData("SHA256:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa")]
    [InlineData("SHA256:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0A")]
    [InlineData("SHA256:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa1")]
    [InlineData("SHA256:ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0")]
    [InlineData("SHA256:ungWv48Bz+pBQUDe a4iI7ADYaOWF3qctBD/YfIAFa0")]
    public void Refuses_anything_else(string text)
    {
        Assert.False(Fingerprint.TryParse(text, out _));
        StationAssert.Fails(StationFault.InvalidArgument, () => Fingerprint.Parse(text));
    }

    [Fact]
    public void Differs_for_different_keys()
    {
        Assert.True(Fingerprint.Of("abc"u8) == Fingerprint.FromHash(Fingerprint.Of("abc"u8).Hash));
        Assert.True(Fingerprint.Of("abc"u8) != Fingerprint.Of("abd"u8));
        StationAssert.Fails(StationFault.InvalidArgument, () => Fingerprint.FromHash(new byte[31]));
    }
}
