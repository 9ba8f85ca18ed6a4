using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SecureStation.Core.Keys;
using SecureStation.Core.Notary;
using SecureStation.Core.Notary.Timestamps;

namespace SecureStation.Core.Tests.Notary;

/// <summary>What the authority grants and what it rejects, and with which failure info.</summary>
public class TimestampAuthorityTests
{
    private static readonly byte[] s_document = "document"u8.ToArray();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(StationKeyAlgorithm.Rsa, "SHA256")]
    [InlineData(StationKeyAlgorithm.Rsa, "SHA512")]
    [InlineData(StationKeyAlgorithm.EcdsaP256, "SHA384")]
    public async Task Granted_token_repeats_the_request_and_verifies(StationKeyAlgorithm key, string hashName)
    {
        var hash = new HashAlgorithmName(hashName);
        byte[] imprint = CryptographicOperations.HashData(hash, s_document);
        using var authority = new TimestampAuthority(new TimestampAuthorityOptions { Certificate = TestCertificates.Of(key), SignatureHash = hash, Accuracy = TimeSpan.FromTicks(15_003_070) });
        var request = TimeStampRequest.Create(hash, imprint, TimestampAuthorityOptions.DefaultPolicy);
        DateTimeOffset before = DateTimeOffset.UtcNow;

        StationTimestamp timestamp = TimestampClient.Check(await authority.RespondAsync(request.ToBytes(), Token), request, TestCertificates.Trust);

        Assert.InRange(timestamp.Time, before.AddMicroseconds(-1), DateTimeOffset.UtcNow);
        Assert.Equal(TimeSpan.FromMicroseconds(1_500_307), timestamp.Accuracy);
        Assert.Equal(request.Nonce!.Value.ToArray(), timestamp.Token.Nonce!.Value.ToArray());
        Assert.InRange(timestamp.SerialNumber.Length, 26, 32);
        Assert.Equal(1, authority.Granted);
        Assert.True(TimestampVerifier.Verify(timestamp.Token, imprint, TestCertificates.Trust).IsValid);
    }

    [Fact]
    public async Task Certificates_are_there_only_if_asked_for()
    {
        using var authority = new TimestampAuthority(new TimestampAuthorityOptions { Certificate = TestCertificates.Ecdsa, Chain = [TestCertificates.Authority] });
        var request = TimeStampRequest.Create(HashAlgorithmName.SHA256, SHA256.HashData(s_document), requestCertificate: false);
        var bare = TimeStampToken.Parse(TimeStampResponse.Parse(await authority.RespondAsync(request.ToBytes(), Token)).TokenBytes!.Value);
        Assert.Empty(bare.Certificates);
        Assert.Equal(StationFault.TimestampCertificateMissing, TimestampVerifier.Verify(bare, SHA256.HashData(s_document), TestCertificates.Trust).Fault);
        Assert.True(TimestampVerifier.Verify(bare, SHA256.HashData(s_document), TestCertificates.Trust with { ExtraCertificates = [TestCertificates.Ecdsa] }).IsValid);

        request = TimeStampRequest.Create(HashAlgorithmName.SHA256, SHA256.HashData(s_document));
        var full = TimeStampToken.Parse(TimeStampResponse.Parse(await authority.RespondAsync(request.ToBytes(), Token)).TokenBytes!.Value);
        Assert.Equal(2, full.Certificates.Count);
    }

    [Fact]
    public async Task Every_rejection_says_why()
    {
        var clock = new ManualClock();
        using var authority = new TimestampAuthority(new TimestampAuthorityOptions { Certificate = TestCertificates.Ecdsa, Clock = clock });
        byte[] good = TimeStampRequest.Create(HashAlgorithmName.SHA256, SHA256.HashData(s_document)).ToBytes();
        Assert.True(TimeStampResponse.Parse(await authority.RespondAsync(good, Token)).IsGranted);

        await Rejects(authority, [], PkiFailureInfo.BadDataFormat);
        await Rejects(authority, RandomNumberGenerator.GetBytes(300), PkiFailureInfo.BadDataFormat);
        await Rejects(authority, good[..^1], PkiFailureInfo.BadDataFormat);
        await Rejects(authority, [.. good, 0], PkiFailureInfo.BadDataFormat);
        await Rejects(authority, new byte[TimeStampRequest.MaxSize + 1], PkiFailureInfo.BadDataFormat);
        await Rejects(authority, Query(version: 2), PkiFailureInfo.BadRequest);
        await Rejects(authority, Query(hashOid: "1.3.14.3.2.26", hash: SHA1.HashData(s_document)), PkiFailureInfo.BadAlg);
        await Rejects(authority, Query(hashParameters: [0x30, 0]), PkiFailureInfo.BadAlg);
        await Rejects(authority, Query(hash: new byte[20]), PkiFailureInfo.BadDataFormat);
        await Rejects(authority, [0x30, (byte)(Query()[1] + 2), .. Query()[2..], 0xA0, 0], PkiFailureInfo.BadDataFormat); // no extension in extensions
        await Rejects(authority, Query(policy: "1.2.3.4"), PkiFailureInfo.UnacceptedPolicy);
        await Rejects(authority, Query(extension: "1.2.3.4"), PkiFailureInfo.UnacceptedExtension);
        clock.Now = TestCertificates.Ecdsa.NotAfter.AddDays(1);
        await Rejects(authority, good, PkiFailureInfo.SystemFailure);
        Assert.Equal(13, authority.Rejected);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Nested_input_is_rejected_quickly(bool isIndefinite)
    {
        // A parser that recurses would overflow the stack on this, and take the process with it.
        byte[] nested = isIndefinite ? [.. Enumerable.Repeat((byte[])[0x30, 0x80], 8000).SelectMany(static two => two)] : Nest(4000);
        using var authority = new TimestampAuthority(new TimestampAuthorityOptions { Certificate = TestCertificates.Ecdsa });
        await Rejects(authority, nested, PkiFailureInfo.BadDataFormat);
        StationAssert.Fails(StationFault.TimestampMalformed, () => TimeStampResponse.Parse(nested));
        StationAssert.Fails(StationFault.TimestampMalformed, () => TimeStampToken.Parse(nested));
        StationAssert.Fails(StationFault.TimestampMalformed, () => TimeStampToken.ParseFile(nested));
    }

    [Fact]
    public async Task Every_truncation_and_bit_flip_gets_an_answer()
    {
        using var authority = new TimestampAuthority(new TimestampAuthorityOptions { Certificate = TestCertificates.Ecdsa });
        byte[] good = TimeStampRequest.Create(HashAlgorithmName.SHA256, SHA256.HashData(s_document), TimestampAuthorityOptions.DefaultPolicy).ToBytes();
        for (int i = 0; i < good.Length; i++)
        {
            Assert.False(TimeStampResponse.Parse(await authority.RespondAsync(good.AsMemory(0, i), Token)).IsGranted);
            byte[] flipped = [.. good];
            flipped[i] ^= (byte)(1 << (i % 8));
            TimeStampResponse.Parse(await authority.RespondAsync(flipped, Token));
        }
    }

    [Fact]
    public async Task Clock_that_goes_back_never_makes_an_earlier_token()
    {
        var clock = new ManualClock();
        using var authority = new TimestampAuthority(new TimestampAuthorityOptions { Certificate = TestCertificates.Ecdsa, Clock = clock, Accuracy = TimeSpan.FromSeconds(1) });
        DateTimeOffset first = (await Grant(authority)).Time;

        clock.Now -= TimeSpan.FromMilliseconds(700);
        Assert.Equal(first, (await Grant(authority)).Time);

        clock.Now -= TimeSpan.FromSeconds(10);
        await Rejects(authority, Query(), PkiFailureInfo.TimeNotAvailable);

        clock.Now = first.AddSeconds(2);
        Assert.InRange((await Grant(authority)).Time, first.AddSeconds(2).AddMicroseconds(-1), first.AddSeconds(2));
    }

    [Fact]
    public async Task Ordered_tokens_differ_in_time_even_where_the_clock_stands()
    {
        var clock = new ManualClock();
        using var authority = new TimestampAuthority(new TimestampAuthorityOptions { Certificate = TestCertificates.Ecdsa, Clock = clock, IsOrdering = true });
        TimeStampToken[] tokens = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Grant(authority)));
        Assert.Equal(20, tokens.Select(token => token.Time).Distinct().Count());
        Assert.All(tokens, token => Assert.True(token.IsOrdering));
        Assert.Equal(20, tokens.Select(token => token.SerialNumber).Distinct().Count());
    }

    [Fact]
    public void Certificates_that_are_not_for_timestamps_are_refused()
    {
        StationAssert.Fails(StationFault.TimestampCertificateUnsuitable, () => Open(TestCertificates.WithPurpose(false, null)));
        StationAssert.Fails(StationFault.TimestampCertificateUnsuitable, () => Open(TestCertificates.WithPurpose(false, "1.3.6.1.5.5.7.3.8")));
        StationAssert.Fails(StationFault.TimestampCertificateUnsuitable, () => Open(TestCertificates.WithPurpose(true, "1.3.6.1.5.5.7.3.8", "1.3.6.1.5.5.7.3.1")));
        StationAssert.Fails(StationFault.InvalidKey, () => Open(X509CertificateLoader.LoadCertificate(TestCertificates.Rsa.RawData)));
        StationAssert.Fails(StationFault.InvalidArgument, () => Open(TestCertificates.Ecdsa, "none"));
    }

    private static void Open(X509Certificate2 certificate, string policy = "1.2.3")
    {
        using var authority = new TimestampAuthority(new TimestampAuthorityOptions { Certificate = certificate, Policy = policy });
    }

    private static async Task<TimeStampToken> Grant(TimestampAuthority authority)
    {
        var response = TimeStampResponse.Parse(await authority.RespondAsync(Query(), Token));
        Assert.True(response.IsGranted, response.StatusText);
        return TimeStampToken.Parse(response.TokenBytes!.Value);
    }

    private static async Task Rejects(TimestampAuthority authority, byte[] query, PkiFailureInfo why)
    {
        var response = TimeStampResponse.Parse(await authority.RespondAsync(query, Token));
        Assert.Equal(PkiStatus.Rejection, response.Status);
        Assert.Equal(why, response.FailureInfo);
        Assert.NotNull(response.StatusText);
    }

    private static byte[] Nest(int depth)
    {
        byte[] inner = [5, 0];
        for (int i = 0; i < depth; i++)
        {
            inner = inner.Length < 128 ? [0x30, (byte)inner.Length, .. inner] : [0x30, 0x82, (byte)(inner.Length >> 8), (byte)inner.Length, .. inner];
        }

        return inner;
    }

    private static byte[] Query(int version = 1, string hashOid = "2.16.840.1.101.3.4.2.1", byte[]? hash = null, string? policy = null, string? extension = null, byte[]? hashParameters = null)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(version);
            using (writer.PushSequence())
            {
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(hashOid);
                    if (hashParameters is not null)
                    {
                        writer.WriteEncodedValue(hashParameters);
                    }
                }

                writer.WriteOctetString(hash ?? SHA256.HashData(s_document));
            }

            if (policy is not null)
            {
                writer.WriteObjectIdentifier(policy);
            }

            if (extension is not null)
            {
                using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(extension);
                    writer.WriteOctetString([5, 0]);
                }
            }
        }

        return writer.Encode();
    }
}
