namespace SecureStation.Core.Handshake;

/// <summary>A part of a handshake message.</summary>
/// <param name="Name"><c>e</c>, <c>s</c>, <c>e1</c>, <c>ekem1</c> or <c>payload</c>.</param>
/// <param name="Offset">Where it begins, in bytes.</param>
/// <param name="Length">Its bytes in the message, with the tag where it is encrypted.</param>
/// <param name="IsEncrypted">Whether it is encrypted.</param>
/// <param name="IsSecret">
/// Whether its key is a secret. Where a pattern has psk tokens, what comes before any DH, KEM or psk token is encrypted under a key that everyone can compute.
/// </param>
public sealed record HandshakeField(string Name, int Offset, int Length, bool IsEncrypted, bool IsSecret)
{
    /// <summary><c>e 32 clear</c>, <c>payload 64 encrypted</c>.</summary>
    public override string ToString() => $"{Name} {Length} {(IsSecret ? "encrypted" : IsEncrypted ? "encrypted under a public key" : "clear")}";
}
