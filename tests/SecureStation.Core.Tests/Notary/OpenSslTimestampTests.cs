using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SecureStation.Core.Keys;
using SecureStation.Core.Notary;
using SecureStation.Core.Notary.Timestamps;
using SecureStation.Core.Tests.Keys;

namespace SecureStation.Core.Tests.Notary;

/// <summary>Timestamps go to openssl and come from it; every refusal has a fault of its own.</summary>
public sealed class OpenSslTimestampTests : IDisposable
{
    private const string Policy = "1.2.3.4.1";

    private readonly TemporaryFolder _folder = new();
    private readonly string _document;
    private readonly byte[] _hash;

    public OpenSslTimestampTests()
    {
        _document = _folder.File("document.txt");
        File.WriteAllText(_document, "a document");
        _hash = SHA256.HashData(File.ReadAllBytes(_document));
        File.WriteAllText(_folder.File("ca.pem"), TestCertificates.Authority.ExportCertificatePem());
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(StationKeyAlgorithm.Rsa, "-sha256")]
    [InlineData(StationKeyAlgorithm.EcdsaP256, "-sha384")]
    [InlineData(StationKeyAlgorithm.EcdsaP256, "-sha512")]
    public async Task Open_ssl_asks_by_curl_and_verifies(StationKeyAlgorithm key, string hash)
    {
        await using StationNotary notary = StationNotary.Start(new StationNotaryOptions
        {
            Authority = new TimestampAuthorityOptions { Certificate = TestCertificates.Of(key), OtherPolicies = [Policy] },
        });
        string query = _folder.File("q.tsq"), response = _folder.File("r.tsr");
        OpenSsl.Run("ts", "-query", "-data", _document, hash, "-cert", "-tspolicy", Policy, "-out", query);
        Curl("-sS", "--fail", "-H", "Content-Type: application/timestamp-query", "--data-binary", "@" + query, "-o", response, notary.Uri!.ToString());

        Assert.Contains("Status: Granted", OpenSsl.Run("ts", "-reply", "-in", response, "-text"), StringComparison.Ordinal);
        Assert.Contains("Verification: OK", OpenSsl.Run("ts", "-verify", "-queryfile", query, "-in", response, "-CAfile", _folder.File("ca.pem")), StringComparison.Ordinal);
        Assert.Contains("Verification: OK", OpenSsl.Run("ts", "-verify", "-data", _document, "-in", response, "-CAfile", _folder.File("ca.pem")), StringComparison.Ordinal);
        File.AppendAllText(_document, "!");
        Assert.False(OpenSsl.Succeeds("ts", "-verify", "-data", _document, "-in", response, "-CAfile", _folder.File("ca.pem")));
    }

    [Fact]
    public async Task Open_ssl_verifies_a_self_signed_notary_and_a_token_without_certificate()
    {
        using X509Certificate2 own = NotaryCertificate.Create("CN=Alone", StationKeyAlgorithm.EcdsaP256, 0, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));
        File.WriteAllText(_folder.File("own.pem"), own.ExportCertificatePem());
        using var authority = new TimestampAuthority(new TimestampAuthorityOptions { Certificate = own });
        var request = TimeStampRequest.Create(HashAlgorithmName.SHA256, _hash, requestCertificate: false);
        File.WriteAllBytes(_folder.File("r.tsr"), await authority.RespondAsync(request.ToBytes(), Token));
        Assert.Contains(
            "Verification: OK",
            OpenSsl.Run("ts", "-verify", "-data", _document, "-in", _folder.File("r.tsr"), "-CAfile", _folder.File("own.pem"), "-untrusted", _folder.File("own.pem")),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(StationKeyAlgorithm.Rsa, "sha256")]
    [InlineData(StationKeyAlgorithm.EcdsaP256, "sha512")]
    public void We_take_answers_of_open_ssl(StationKeyAlgorithm key, string digest)
    {
        var request = TimeStampRequest.Create(HashAlgorithmName.SHA256, _hash, Policy);
        StationTimestamp timestamp = TimestampClient.Check(Reply(request, TestCertificates.Of(key), digest), request, TestCertificates.Trust);
        Assert.Equal(Policy, timestamp.Policy);
        Assert.Equal(TimeSpan.FromMicroseconds(1_500_100), timestamp.Accuracy);
        Assert.True(timestamp.Token.IsOrdering);
    }

    [Fact]
    public void Other_answers_are_refused_each_with_its_fault()
    {
        var request = TimeStampRequest.Create(HashAlgorithmName.SHA256, _hash, Policy);
        byte[] good = Reply(request, TestCertificates.Ecdsa);

        Refuses(StationFault.TimestampNonceMismatch, good, TimeStampRequest.Create(HashAlgorithmName.SHA256, _hash, Policy));
        Refuses(StationFault.TimestampNonceMismatch, good, TimeStampRequest.Create(HashAlgorithmName.SHA256, _hash, Policy, useNonce: false));
        Refuses(StationFault.TimestampImprintMismatch, good, TimeStampRequest.Create(HashAlgorithmName.SHA256, new byte[32], Policy));
        Refuses(StationFault.TimestampRejected, Reply(TimeStampRequest.Create(HashAlgorithmName.SHA256, _hash, "1.2.3.4.99"), TestCertificates.Ecdsa), request);

        var anyPolicy = TimeStampRequest.Create(HashAlgorithmName.SHA256, _hash);
        byte[] underDefault = Reply(anyPolicy, TestCertificates.Ecdsa);
        Refuses(StationFault.TimestampPolicyMismatch, underDefault, anyPolicy, TestCertificates.Trust with { Policy = "1.2.3.4.2" });

        Refuses(StationFault.TimestampCertificateExpired, Reply(request, TestCertificates.Expired), request);
        using X509Certificate2 stranger = NotaryCertificate.Create("CN=Stranger", StationKeyAlgorithm.EcdsaP256, 0, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));
        byte[] strange = Reply(request, stranger);
        Refuses(StationFault.TimestampCertificateUntrusted, strange, request);
        Assert.NotNull(TimestampClient.Check(strange, request, TestCertificates.Trust with { TrustedCertificates = [stranger] }));
        Refuses(StationFault.TimestampCertificateUntrusted, strange, request, new TimestampTrust());

        byte[] altered = [.. good];
        altered[^1] ^= 1;
        Refuses(StationFault.TimestampSignatureInvalid, altered, request);
        Refuses(StationFault.TimestampMalformed, good[..^1], request);
        Refuses(StationFault.TimestampMalformed, "<html>"u8.ToArray(), request);
    }

    [Fact]
    public void Token_of_a_certificate_for_other_purposes_is_refused()
    {
        // openssl ts -reply refuses such a certificate itself, so the token is signed without its help.
        using X509Certificate2 wrong = TestCertificates.WithPurpose(true, "1.3.6.1.5.5.7.3.1");
        var request = TimeStampRequest.Create(HashAlgorithmName.SHA256, _hash);
        byte[] token = UnsuitableToken.Sign(wrong, request, DateTimeOffset.UtcNow);
        TimestampReport report = TimestampVerifier.Verify(TimeStampToken.Parse(token), _hash, TestCertificates.Trust with { TrustedCertificates = [wrong] });
        Assert.Equal(StationFault.TimestampCertificateUnsuitable, report.Fault);
    }

    [Fact]
    public void Token_that_names_another_issuer_is_refused()
    {
        var request = TimeStampRequest.Create(HashAlgorithmName.SHA256, _hash);
        byte[] right = SigningCertificate.Encode(TestCertificates.Ecdsa);
        byte[] name = TestCertificates.Ecdsa.IssuerName.RawData;
        byte[] wrong = [.. right];
        wrong[right.AsSpan().IndexOf(name) + name.Length - 1] ^= 2;
        Assert.Null(Verify(right).Error);
        Assert.Equal(StationFault.TimestampSignatureInvalid, Verify(wrong).Fault);

        TimestampReport Verify(byte[] signingCertificate)
        {
            byte[] token = UnsuitableToken.Sign(TestCertificates.Ecdsa, request, DateTimeOffset.UtcNow, signingCertificate);
            return TimestampVerifier.Verify(TimeStampToken.Parse(token), _hash, TestCertificates.Trust);
        }
    }

    [Fact]
    public void Altered_time_is_a_wrong_signature_and_not_an_expired_certificate()
    {
        var request = TimeStampRequest.Create(HashAlgorithmName.SHA256, _hash);
        DateTimeOffset time = DateTimeOffset.UtcNow;
        byte[] token = UnsuitableToken.Sign(TestCertificates.Ecdsa, request, time);
        byte[] year = System.Text.Encoding.ASCII.GetBytes(time.ToString("yyyyMMddHHmm", System.Globalization.CultureInfo.InvariantCulture));
        token[token.AsSpan().IndexOf(year)] = (byte)'1';
        Assert.Equal(StationFault.TimestampSignatureInvalid, TimestampVerifier.Verify(TimeStampToken.Parse(token), _hash, TestCertificates.Trust).Fault);
    }

    [Fact]
    public void Weak_hashes_are_refused()
    {
        string query = _folder.File("q.tsq");
        OpenSsl.Run("ts", "-query", "-data", _document, "-sha1", "-cert", "-out", query);
        var response = TimeStampResponse.Parse(ReplyTo(query, TestCertificates.Ecdsa, "sha256"));
        var token = TimeStampToken.Parse(response.TokenBytes!.Value);
        Assert.Equal(StationFault.TimestampAlgorithmRefused, TimestampVerifier.Verify(token, SHA1.HashData(File.ReadAllBytes(_document)), TestCertificates.Trust).Fault);
        StationAssert.Fails(StationFault.TimestampAlgorithmRefused, () => TimeStampRequest.Create(HashAlgorithmName.SHA1, new byte[20]));
    }

    private static void Refuses(StationFault fault, byte[] answer, TimeStampRequest request, TimestampTrust? trust = null) =>
        StationAssert.Fails(fault, () => TimestampClient.Check(answer, request, trust ?? TestCertificates.Trust));

    private byte[] Reply(TimeStampRequest request, X509Certificate2 certificate, string digest = "sha256")
    {
        string query = _folder.File("ours.tsq");
        File.WriteAllBytes(query, request.ToBytes());
        return ReplyTo(query, certificate, digest);
    }

    private byte[] ReplyTo(string query, X509Certificate2 certificate, string digest)
    {
        (string certificateFile, string keyFile) = TestCertificates.Write(_folder, "tsa", certificate);
        string response = _folder.File("theirs.tsr"), config = _folder.File("ts.cnf");
        File.WriteAllText(_folder.File("serial"), "01\n");
        File.WriteAllText(config, $"""
            [tsa]
            default_tsa = one
            [one]
            serial = {_folder.File("serial")}
            crypto_device = builtin
            signer_cert = {certificateFile}
            signer_key = {keyFile}
            signer_digest = {digest}
            default_policy = {Policy}
            digests = sha1, sha256, sha384, sha512
            accuracy = secs:1, millisecs:500, microsecs:100
            ordering = yes
            tsa_name = yes
            ess_cert_id_chain = no
            ess_cert_id_alg = sha256
            """);
        OpenSsl.Run("ts", "-reply", "-config", config, "-queryfile", query, "-out", response);
        return File.ReadAllBytes(response);
    }

    private static void Curl(params string[] arguments)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/curl") || OperatingSystem.IsWindows(), "There is no curl on this machine.");
        using var process = Process.Start(new ProcessStartInfo("curl", arguments) { RedirectStandardError = true })!;
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors);
    }
}
