using SecureStation.Core.DiffieHellman;

namespace SecureStation.Core.Tests.DiffieHellman;

public class OpenSslInteropTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("ffdhe2048", "group:ffdhe2048")]
    [InlineData("ffdhe3072", "group:ffdhe3072")]
    [InlineData("ffdhe4096", "group:ffdhe4096")]
    [InlineData("ffdhe6144", "group:ffdhe6144")]
    [InlineData("ffdhe8192", "group:ffdhe8192")]
    [InlineData("modp2048", "group:modp_2048")]
    [InlineData("modp3072", "group:modp_3072")]
    [InlineData("modp4096", "group:modp_4096")]
    [InlineData("modp6144", "group:modp_6144")]
    [InlineData("modp8192", "group:modp_8192")]
    public void Groups_are_those_of_openssl(string name, string option)
    {
        using var openssl = new OpenSsl();
        openssl.Run("genpkey", "-genparam", "-algorithm", "DH", "-pkeyopt", option, "-out", "p.pem");
        DhParameter read = DhParameter.Import(openssl.Read("p.pem"));
        Assert.Equal(name, read.GroupName);
        Assert.Equal(DhGroup.Get(name).Parameter.ToPem(), System.Text.Encoding.ASCII.GetString(openssl.Read("p.pem")));
    }

    [Theory]
    [InlineData("ffdhe2048")]
    [InlineData("modp2048")]
    [InlineData("generated")]
    public async Task Openssl_finds_our_parameters_ok(string group)
    {
        using var openssl = new OpenSsl();
        DhParameter parameter = group == "generated"
            ? await DhParameter.GenerateAsync(1024, allowWeak: true, cancellationToken: Token)
            : DhGroup.Get(group).Parameter;
        openssl.Write("p.pem", parameter.ToPem());
        openssl.Write("p.der", parameter.ToDer());
        Assert.Contains("DH parameters appear to be ok", openssl.Run("dhparam", "-in", "p.pem", "-check", "-noout"), StringComparison.Ordinal);
        Assert.Contains("DH parameters appear to be ok", openssl.Run("dhparam", "-inform", "DER", "-in", "p.der", "-check", "-noout"), StringComparison.Ordinal);
    }

    [Fact]
    public void Parameters_that_openssl_generated_are_acceptable()
    {
        using var openssl = new OpenSsl();
        openssl.Run("dhparam", "-2", "-out", "p.pem", "512");
        DhParameterReport report = DhParameter.Import(openssl.Read("p.pem")).Test(Token);
        Assert.True(report.IsAcceptableIfWeakAllowed);
        Assert.Equal("q", report.GeneratorOrder);
    }

    [Fact]
    public void X942_parameters_and_keys_of_openssl_are_read()
    {
        using var openssl = new OpenSsl();
        openssl.Run("genpkey", "-algorithm", "DHX", "-pkeyopt", "group:ffdhe2048", "-out", "key.pem");
        openssl.Run("pkey", "-in", "key.pem", "-pubout", "-out", "pub.pem");
        using DhKeyPair pair = DhKeyPair.Import(openssl.Read("key.pem"), cancellationToken: Token);
        Assert.Equal("ffdhe2048", pair.GroupName);
        Assert.Equal(pair.PublicKey, DhPublicKey.Import(openssl.Read("pub.pem"), cancellationToken: Token));
    }

    [Theory]
    [InlineData("ffdhe2048", "DH", "group:ffdhe2048")]
    [InlineData("modp3072", "DH", "group:modp_3072")]
    [InlineData("X25519", "X25519", null)]
    public void Openssl_derives_the_same_secret_with_our_keys_and_its_own(string group, string algorithm, string? option)
    {
        using var openssl = new OpenSsl();
        string[] options = option is null ? [] : ["-pkeyopt", option];
        openssl.Run(["genpkey", "-algorithm", algorithm, .. options, "-out", "theirs.pem"]);
        openssl.Run("pkey", "-in", "theirs.pem", "-pubout", "-out", "theirs.pub.pem");
        using DhKeyPair ours = group == "X25519" ? DhKeyPair.GenerateX25519() : DhKeyPair.Generate(DhGroup.Get(group).Parameter, cancellationToken: Token);
        openssl.Write("ours.pub.pem", ours.PublicKey.ToPem());
        openssl.Write("ours.pem", ours.ExportPem());

        DhPublicKey theirs = DhPublicKey.Import(openssl.Read("theirs.pub.pem"), cancellationToken: Token);
        using DhSharedSecret secret = DhExchange.Agree(ours, theirs);

        openssl.Run(["pkeyutl", "-derive", .. Pad(group), "-inkey", "theirs.pem", "-peerkey", "ours.pub.pem", "-out", "theirs.bin"]);
        openssl.Run(["pkeyutl", "-derive", .. Pad(group), "-inkey", "ours.pem", "-peerkey", "theirs.pub.pem", "-out", "ours.bin"]);
        Assert.Equal(secret.ToBytes(), openssl.Read("ours.bin"));
        Assert.Equal(secret.ToBytes(), openssl.Read("theirs.bin"));

        // And the other way round: we read openssl's private key.
        using DhKeyPair imported = DhKeyPair.Import(openssl.Read("theirs.pem"), cancellationToken: Token);
        using DhSharedSecret again = DhExchange.Agree(imported, ours.PublicKey);
        Assert.Equal(secret.ToBytes(), again.ToBytes());
    }

    [Fact]
    public void A_secret_that_begins_with_a_zero_is_as_long_as_the_prime_as_openssl_s_with_padding()
    {
        using var openssl = new OpenSsl();
        DhParameter group = DhGroup.Get("ffdhe2048").Parameter;
        using DhKeyPair theirs = DhKeyPair.Generate(group, cancellationToken: Token);
        openssl.Write("theirs.pem", theirs.ExportPem());

        // One key pair in 256 gives such a secret.
        DhSharedSecret secret;
        DhKeyPair ours;
        int tries = 0;
        do
        {
            Assert.True(++tries < 20_000);
            ours = DhKeyPair.Generate(group, cancellationToken: Token);
            secret = DhExchange.Agree(theirs, ours.PublicKey);
        }
        while (secret.ToBytes()[0] != 0);

        openssl.Write("ours.pub.pem", ours.PublicKey.ToPem());
        openssl.Run("pkeyutl", "-derive", "-pkeyopt", "dh_pad:1", "-inkey", "theirs.pem", "-peerkey", "ours.pub.pem", "-out", "padded.bin");
        Assert.Equal(group.ByteLength, secret.Length);
        Assert.Equal(secret.ToBytes(), openssl.Read("padded.bin"));
    }

    [Theory]
    [InlineData("ffdhe2048", "group:ffdhe2048")]
    [InlineData("modp3072", "group:modp_3072")]
    public void Openssl_derives_with_a_key_of_its_own_of_X942_and_ours_in_that_form(string group, string option)
    {
        using var openssl = new OpenSsl();
        openssl.Run("genpkey", "-algorithm", "DHX", "-pkeyopt", option, "-out", "theirs.pem");
        openssl.Run("pkey", "-in", "theirs.pem", "-pubout", "-out", "theirs.pub.pem");
        using DhKeyPair ours = DhKeyPair.Generate(DhGroup.Get(group).Parameter, cancellationToken: Token);
        openssl.Write("ours.pub.pem", ours.PublicKey.ToPem(DhKeyFormat.X942));
        openssl.Write("ours.pem", ours.ExportPem("station", DhKeyFormat.X942));
        using DhSharedSecret secret = DhExchange.Agree(ours, DhPublicKey.Import(openssl.Read("theirs.pub.pem"), cancellationToken: Token));

        // pkeyutl takes dh_pad of DH keys only; pad, by which OpenSSL 3 itself calls it, of both.
        openssl.Run("pkeyutl", "-derive", "-pkeyopt", "pad:1", "-inkey", "theirs.pem", "-peerkey", "ours.pub.pem", "-out", "theirs.bin");
        openssl.Run("pkeyutl", "-derive", "-pkeyopt", "pad:1", "-passin", "pass:station", "-inkey", "ours.pem", "-peerkey", "theirs.pub.pem", "-out", "ours.bin");
        Assert.Equal(secret.ToBytes(), openssl.Read("theirs.bin"));
        Assert.Equal(secret.ToBytes(), openssl.Read("ours.bin"));

        // What was written comes back, as the key that it was.
        using DhKeyPair read = DhKeyPair.Import(openssl.Read("ours.pem"), "station", cancellationToken: Token);
        Assert.Equal(ours.PublicKey, read.PublicKey);
        Assert.Equal(ours.PublicKey, DhPublicKey.Import(openssl.Read("ours.pub.pem"), cancellationToken: Token));
    }

    [Fact]
    public void Keys_without_a_form_of_X942_are_refused()
    {
        using DhKeyPair curve = DhKeyPair.GenerateX25519();
        Assert.Equal(StationFault.InvalidArgument, Assert.Throws<StationException>(() => curve.ExportPem(format: DhKeyFormat.X942)).Fault);
        Assert.Equal(StationFault.InvalidArgument, Assert.Throws<StationException>(() => curve.PublicKey.ToPem(DhKeyFormat.X942)).Fault);

        using DhKeyPair whole = DhKeyPair.Generate(new DhParameter(DhGroup.Get("ffdhe2048").Prime, Samples.NonResidueOfFfdhe2048), cancellationToken: Token);
        Assert.Equal(StationFault.InvalidArgument, Assert.Throws<StationException>(() => whole.ExportPkcs8(DhKeyFormat.X942)).Fault);
    }

    [Fact]
    public void Encrypted_keys_are_read_by_either_side()
    {
        using var openssl = new OpenSsl();
        using DhKeyPair pair = DhKeyPair.Generate(DhGroup.Get("ffdhe2048").Parameter, cancellationToken: Token);
        openssl.Write("ours.pem", pair.ExportPem("station"));
        openssl.Run("pkey", "-in", "ours.pem", "-passin", "pass:station", "-aes-256-cbc", "-passout", "pass:other", "-out", "theirs.pem");
        using DhKeyPair read = DhKeyPair.Import(openssl.Read("theirs.pem"), "other", cancellationToken: Token);
        Assert.Equal(pair.PublicKey, read.PublicKey);
    }

    // Else openssl drops the zeros that one secret in 256 begins with. X25519 knows no such option.
    private static string[] Pad(string group) => group == "X25519" ? [] : ["-pkeyopt", "dh_pad:1"];
}
