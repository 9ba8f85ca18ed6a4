using SecureStation.Core.Noise.Primitives;

namespace SecureStation.Core.Noise;

/// <summary>
/// One line of a handshake pattern: who sends the message, its tokens, and what follows from them of its form and size.
/// A message is the tokens' public keys in order, then the payload:
/// <code>
/// e        32 bytes, in clear
/// s        32 bytes, or 32 + 16 encrypted
/// payload  its length, or its length + 16 encrypted
/// </code>
/// </summary>
public sealed class MessagePattern
{
    /// <param name="isFromInitiator">Who sends it.</param>
    /// <param name="tokens">Its tokens in order.</param>
    /// <param name="usesPsk">Whether the pattern has any psk token; then each e token makes a key too.</param>
    /// <param name="hasKey">Whether there is an encryption key before this message; set to whether there is one after.</param>
    internal MessagePattern(bool isFromInitiator, HandshakeToken[] tokens, bool usesPsk, ref bool hasKey)
    {
        IsFromInitiator = isFromInitiator;
        Tokens = tokens;
        foreach (HandshakeToken token in tokens)
        {
            switch (token)
            {
                case HandshakeToken.E:
                    Overhead += X25519.KeyLength;
                    hasKey |= usesPsk;
                    break;
                case HandshakeToken.S:
                    IsStaticEncrypted = hasKey;
                    Overhead += X25519.KeyLength + (hasKey ? AeadCipher.TagLength : 0);
                    break;
                case HandshakeToken.Psk:
                    hasKey = true;
                    PskCount++;
                    break;
                default:
                    hasKey = true;
                    break;
            }
        }

        IsPayloadEncrypted = hasKey;
        Overhead += hasKey ? AeadCipher.TagLength : 0;
    }

    /// <summary>True where the initiator sends it (<c>-&gt;</c>), false where the responder does (<c>&lt;-</c>).</summary>
    public bool IsFromInitiator { get; }

    /// <summary>The tokens in order.</summary>
    public IReadOnlyList<HandshakeToken> Tokens { get; }

    /// <summary>The tokens as the specification writes them: <c>e</c>, <c>ee</c>, <c>psk</c> …</summary>
    public IEnumerable<string> TokenNames => Tokens.Select(token => token.ToString().ToLowerInvariant());

    /// <summary>Whether the static key in this message is encrypted; false also where there is none.</summary>
    public bool IsStaticEncrypted { get; }

    /// <summary>Whether the payload is encrypted.</summary>
    public bool IsPayloadEncrypted { get; }

    /// <summary>How many psk tokens it has.</summary>
    public int PskCount { get; }

    /// <summary>Bytes that the message has beyond its payload.</summary>
    public int Overhead { get; }

    /// <summary>The line as the specification writes it: <c>-&gt; e, es</c>.</summary>
    public override string ToString() => $"{(IsFromInitiator ? "->" : "<-")} {string.Join(", ", TokenNames)}";
}
