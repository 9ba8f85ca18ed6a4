using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;

namespace SecureStation.Core.Notary.Timestamps;

/// <summary>What a client asks a timestamp authority for: TimeStampReq (RFC 3161, 2.4.1).</summary>
public sealed class TimeStampRequest
{
    /// <summary>Bytes of a nonce.</summary>
    public const int NonceSize = 16;

    /// <summary>The largest request, in bytes; a usual one is under 200.</summary>
    public const int MaxSize = 16 * 1024;

    private readonly byte[] _encoded;

    private TimeStampRequest(HashAlgorithmName hashAlgorithm, byte[] hash, string? policy, byte[]? nonce, bool requestCertificate, byte[] encoded)
    {
        HashAlgorithm = hashAlgorithm;
        Hash = hash;
        Policy = policy;
        Nonce = Optional(nonce);
        RequestsCertificate = requestCertificate;
        _encoded = encoded;
    }

    /// <summary>The hash algorithm of the document's imprint.</summary>
    public HashAlgorithmName HashAlgorithm { get; }

    /// <summary>The document's hash.</summary>
    public ReadOnlyMemory<byte> Hash { get; }

    /// <summary>The policy asked for, a dotted OID; null leaves it to the authority.</summary>
    public string? Policy { get; }

    /// <summary>The number that the answer must repeat, big-endian; null for none.</summary>
    public ReadOnlyMemory<byte>? Nonce { get; }

    /// <summary>Whether the token is to hold the authority's certificate.</summary>
    public bool RequestsCertificate { get; }

    /// <summary>Makes a request.</summary>
    /// <param name="hashAlgorithm">SHA256, SHA384 or SHA512.</param>
    /// <param name="hash">The document's hash.</param>
    /// <param name="policy">The policy, a dotted OID; null leaves it to the authority.</param>
    /// <param name="useNonce">Whether to ask with a fresh nonce, so that an old answer is not taken for this one's.</param>
    /// <param name="requestCertificate">Whether the token is to hold the authority's certificate.</param>
    /// <exception cref="StationException">
    /// <see cref="StationFault.TimestampAlgorithmRefused"/>; <see cref="StationFault.InvalidArgument"/>: a hash of the wrong length, or no OID.
    /// </exception>
    public static TimeStampRequest Create(
        HashAlgorithmName hashAlgorithm, ReadOnlyMemory<byte> hash, string? policy = null, bool useNonce = true, bool requestCertificate = true)
    {
        string oid = TimestampOids.Of(hashAlgorithm);
        if (hash.Length != TimestampOids.SizeOf(hashAlgorithm))
        {
            throw new StationException(StationFault.InvalidArgument, $"A {hashAlgorithm.Name} hash has {TimestampOids.SizeOf(hashAlgorithm)} bytes, not {hash.Length}.");
        }

        byte[]? nonce = useNonce ? CreateNonce() : null;
        try
        {
            var request = Rfc3161TimestampRequest.CreateFromHash(
                hash,
                new Oid(oid),
                policy is null ? null : new Oid(policy),
                Optional(nonce),
                requestCertificate);
            return new TimeStampRequest(hashAlgorithm, hash.ToArray(), policy, nonce, requestCertificate, request.Encode());
        }
        catch (CryptographicException e)
        {
            throw new StationException(StationFault.InvalidArgument, $"'{policy}' is no policy: a dotted object identifier is wanted.", e);
        }
    }

    /// <summary>The request as DER.</summary>
    public byte[] ToBytes() => (byte[])_encoded.Clone();

    // Null converts to an empty memory by itself, which would be a nonce of no bytes.
    private static ReadOnlyMemory<byte>? Optional(byte[]? nonce) => nonce is null ? (ReadOnlyMemory<byte>?)null : nonce.AsMemory();

    // Positive and of full length, so that it reads the same as a number and as bytes.
    private static byte[] CreateNonce()
    {
        byte[] nonce = RandomNumberGenerator.GetBytes(NonceSize);
        nonce[0] = (byte)((nonce[0] & 0x7F) | 0x40);
        return nonce;
    }
}
