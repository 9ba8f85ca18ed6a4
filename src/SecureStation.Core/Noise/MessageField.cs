namespace SecureStation.Core.Noise;

/// <summary>A public key, or a KEM's ciphertext, that a token puts into a message.</summary>
/// <param name="Token">The token.</param>
/// <param name="Length">Its bytes in the message, with the tag where it is encrypted.</param>
/// <param name="IsEncrypted">Whether it is encrypted.</param>
/// <param name="IsSecret">
/// Whether the key that encrypts it comes from a DH, KEM or psk token. Where a pattern has psk tokens, what comes after <c>e</c> but before any of those is
/// encrypted under a key that everyone can compute.
/// </param>
public sealed record MessageField(HandshakeToken Token, int Length, bool IsEncrypted, bool IsSecret)
{
    /// <summary>The token as the specification writes it: <c>e</c>, <c>s</c>, <c>e1</c>, <c>ekem1</c>.</summary>
    public string Name => Token.Name();
}
