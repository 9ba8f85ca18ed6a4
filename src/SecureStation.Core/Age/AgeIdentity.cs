namespace SecureStation.Core.Age;

/// <summary>Somebody who can open files. Not for several threads at a time. <see cref="Dispose"/> zeroes the secret.</summary>
internal abstract class AgeIdentity : IDisposable
{
    /// <summary>The type of the stanzas that it opens.</summary>
    public abstract string StanzaType { get; }

    /// <summary>The identity of a string: <c>AGE-SECRET-KEY-1…</c> or <c>AGE-SECRET-KEY-PQ-1…</c>. SSH keys have their own classes.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/>: it is neither, or mistyped. The message does not repeat it.</exception>
    public static AgeIdentity Parse(string text) => Parse(text.AsSpan());

    /// <inheritdoc cref="Parse(string)"/>
    public static AgeIdentity Parse(ReadOnlySpan<char> text) =>
        text.StartsWith("AGE-SECRET-KEY-PQ-1", StringComparison.OrdinalIgnoreCase) ? HybridIdentity.Parse(text) : X25519Identity.Parse(text);

    /// <summary>The file key of a stanza of its type, which the caller zeroes; null where it is for another.</summary>
    /// <exception cref="AgeException"><see cref="AgeFailure.Header"/>: no sealer makes such a stanza.</exception>
    public abstract byte[]? Unwrap(AgeStanza stanza);

    /// <inheritdoc/>
    public abstract void Dispose();
}
