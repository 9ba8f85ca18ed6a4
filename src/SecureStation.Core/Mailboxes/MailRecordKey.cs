using System.Security.Cryptography;

namespace SecureStation.Core.Mailboxes;

/// <summary>
/// The key of a record: SHA-256(sender's fingerprint ‖ message id), in hex. The id alone would let one sender, or one recipient of a message to
/// several, block another's.
/// </summary>
public readonly record struct MailRecordKey
{
    private MailRecordKey(string text) => Text = text;

    /// <summary>64 hex digits.</summary>
    public string Text { get; }

    /// <summary>The key of a message.</summary>
    /// <param name="fingerprint">32 bytes: SHA-256 of the sender's SPKI; empty of an anonymous one.</param>
    /// <param name="id">16 bytes.</param>
    public static MailRecordKey Of(ReadOnlySpan<byte> fingerprint, ReadOnlySpan<byte> id)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(fingerprint);
        hash.AppendData(id);
        return new MailRecordKey(Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    /// <inheritdoc/>
    public override string ToString() => Text;
}
