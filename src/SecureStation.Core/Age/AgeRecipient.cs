namespace SecureStation.Core.Age;

/// <summary>Somebody for whom a file is sealed.</summary>
internal abstract class AgeRecipient
{
    /// <summary>Whether what is sealed stays secret from quantum computers. Such recipients do not mix with others: a file is as weak as its weakest stanza.</summary>
    public virtual bool IsPostQuantum => false;

    /// <summary>Whether the stanza must be the only one: a passphrase also says who sealed, unless others could have.</summary>
    public virtual bool MustBeAlone => false;

    /// <summary>The recipient of a string: <c>age1…</c> or <c>age1pq1…</c>. SSH keys have their own classes.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/>: it is neither, mistyped, or an unusable key.</exception>
    public static AgeRecipient Parse(string text) =>
        text.StartsWith("age1pq1", StringComparison.OrdinalIgnoreCase) ? HybridRecipient.Parse(text) : X25519Recipient.Parse(text);

    /// <summary>Wraps a file key of 16 bytes, with fresh randomness.</summary>
    public abstract AgeStanza Wrap(ReadOnlySpan<byte> fileKey);
}
