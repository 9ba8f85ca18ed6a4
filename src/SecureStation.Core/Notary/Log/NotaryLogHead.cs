using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using SecureStation.Core.Keys;

namespace SecureStation.Core.Notary.Log;

/// <summary>
/// A signed statement of what a log was at one entry: whoever keeps it elsewhere finds out later whether the log was cut or rewritten.
/// As text: <c>SN1 LOGID SEQUENCE HASH KEY SIGNATURE</c>, with hex, hex, and base64 of SPKI and signature.
/// </summary>
public sealed class NotaryLogHead : IEquatable<NotaryLogHead>
{
    internal const string Version = "SN1";

    /// <summary>Bytes of a log's id.</summary>
    internal const int IdSize = 16;

    private const int MaxText = 16 * 1024;

    private readonly byte[] _hash;
    private readonly byte[] _signature;

    internal NotaryLogHead(string logId, long sequence, byte[] hash, StationPublicKey publicKey, byte[] signature)
    {
        LogId = logId;
        Sequence = sequence;
        _hash = hash;
        PublicKey = publicKey;
        _signature = signature;
    }

    /// <summary>The log's random id, 32 hex digits.</summary>
    public string LogId { get; }

    /// <summary>The number of the entry: 1, 2, 3 …</summary>
    public long Sequence { get; }

    /// <summary>SHA-256 of the entry, which holds that of the one before it, in hex.</summary>
    public string Hash => Convert.ToHexStringLower(_hash);

    /// <summary>The key that signed.</summary>
    public StationPublicKey PublicKey { get; }

    /// <summary>That key's fingerprint.</summary>
    public string Fingerprint => PublicKey.Fingerprint.ToString();

    internal ReadOnlySpan<byte> HashBytes => _hash;

    internal ReadOnlySpan<byte> Signature => _signature;

    /// <summary>Reads the text form.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/></exception>
    public static NotaryLogHead Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] fields = text.Length > MaxText ? [] : text.Trim().Split(' ');
        try
        {
            if (fields is [Version, { Length: 2 * IdSize } id, var sequence, { Length: 2 * SHA256.HashSizeInBytes } hash, var key, var signature]
                && long.TryParse(sequence, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
                && number > 0)
            {
                Convert.FromHexString(id);
                return new NotaryLogHead(
                    id, number, Convert.FromHexString(hash), StationPublicKey.FromSubjectPublicKeyInfo(Convert.FromBase64String(key)), Convert.FromBase64String(signature));
            }
        }
        catch (Exception e) when (e is FormatException or StationException)
        {
            throw new StationException(StationFault.InvalidArgument, "The text is no head of a notary log.", e);
        }

        throw new StationException(StationFault.InvalidArgument, "The text is no head of a notary log.");
    }

    /// <summary>Whether the signature is by the key that the head names.</summary>
    public bool HasValidSignature() => PublicKey.Verify(SignaturePurpose.Log, Statement(LogId, Sequence, _hash), _signature);

    /// <summary>The text form.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Version} {LogId} {Sequence} {Hash} {Convert.ToBase64String(PublicKey.SubjectPublicKeyInfo.Span)} {Convert.ToBase64String(_signature)}");

    /// <inheritdoc/>
    public bool Equals(NotaryLogHead? other) => other is not null && ToString() == other.ToString();

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as NotaryLogHead);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(LogId, Sequence, Hash);

    /// <summary>Signs an entry.</summary>
    internal static NotaryLogHead Sign(string logId, long sequence, byte[] hash, StationKeyPair keyPair) =>
        new(logId, sequence, hash, keyPair.PublicKey, keyPair.Sign(SignaturePurpose.Log, Statement(logId, sequence, hash)));

    // log id [16] | sequence u64 | SHA-256 of the entry [32]
    private static byte[] Statement(string logId, long sequence, ReadOnlySpan<byte> hash)
    {
        var statement = new byte[IdSize + sizeof(ulong) + SHA256.HashSizeInBytes];
        Convert.FromHexString(logId).CopyTo(statement, 0);
        BinaryPrimitives.WriteInt64BigEndian(statement.AsSpan(IdSize), sequence);
        hash.CopyTo(statement.AsSpan(IdSize + sizeof(ulong)));
        return statement;
    }
}
