using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using SecureStation.Core.Notary.Timestamps;
using SecureStation.Core.Tests.Vectors;

namespace SecureStation.Core.Tests.Notary;

/// <summary>Requests and answers of <c>openssl ts</c> (tests/vectors/timestamps).</summary>
public sealed class TimestampVectorTests
{
    private static readonly JsonElement s_file = JsonDocument.Parse(File.ReadAllBytes(OwnVectors.PathOf("timestamps", "openssl.json"))).RootElement;

    public static TheoryData<string> Names => [.. s_file.GetProperty("stamps").EnumerateArray().Select(stamp => stamp.GetProperty("what").GetString()!)];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_answer_is_one_to_its_request_and_verifies(string what)
    {
        JsonElement vector = Vector(what);
        TimestampQuery query = TimestampQuery.Read(Bytes(vector, "query"), out _, out _)!;
        TimeStampToken token = TimeStampToken.ParseFile(Bytes(vector, "reply"));
        var hash = new HashAlgorithmName(vector.GetProperty("hash").GetString()!.ToUpperInvariant());
        byte[] digest = CryptographicOperations.HashData(hash, Encoding.ASCII.GetBytes(vector.GetProperty("document").GetString()!));

        Assert.Equal(digest, query.MessageImprint.ToArray()[^digest.Length..]);
        Assert.Equal(new AsnReader(query.Nonce, AsnEncodingRules.DER).ReadIntegerBytes().ToArray(), token.Nonce!.Value.ToArray());
        using X509Certificate2 root = Certificate(s_file, "root"), authority = Certificate(vector, "authority");
        Assert.True(Verify(token, digest, root) is null);
        Assert.True(Verify(TimeStampToken.Parse(Bytes(vector, "token")), digest, root) is null);
        Assert.Equal(vector.GetProperty("policy").GetString(), token.Policy);

        digest[0] ^= 1;
        Assert.Equal(StationFault.TimestampImprintMismatch, Verify(token, digest, root));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_changed_token_is_never_verified(string what)
    {
        JsonElement vector = Vector(what);
        byte[] token = Bytes(vector, "token");
        byte[] digest = CryptographicOperations.HashData(
            new HashAlgorithmName(vector.GetProperty("hash").GetString()!.ToUpperInvariant()), Encoding.ASCII.GetBytes(vector.GetProperty("document").GetString()!));
        using X509Certificate2 root = Certificate(s_file, "root");
        int refused = 0;
        for (int at = 0; at < token.Length; at += 7)
        {
            token[at] ^= 0x10;
            try
            {
                // What nobody signs stays: the certificate's own form in the bag of certificates is found out by its chain.
                refused += Verify(TimeStampToken.Parse(token), digest, root) is null ? 0 : 1;
            }
            catch (StationException)
            {
                refused++;
            }

            token[at] ^= 0x10;
        }

        int tried = (token.Length + 6) / 7;
        Assert.True(refused >= tried - 2, $"{refused} of {tried} changes were noticed");
    }

    private static StationFault? Verify(TimeStampToken token, byte[] digest, X509Certificate2 root) =>
        TimestampVerifier.Verify(token, digest, new TimestampTrust { TrustedCertificates = [root] }).Error?.Fault;

    private static JsonElement Vector(string what) => s_file.GetProperty("stamps").EnumerateArray().Single(stamp => stamp.GetProperty("what").GetString() == what);

    private static byte[] Bytes(JsonElement vector, string name) => vector.GetProperty(name).GetBytesFromBase64();

    private static X509Certificate2 Certificate(JsonElement vector, string name) => X509Certificate2.CreateFromPem(vector.GetProperty(name).GetString());
}
