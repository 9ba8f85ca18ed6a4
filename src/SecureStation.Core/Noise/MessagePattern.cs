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
    /// <param name="previous">The message before it, whose key is still in use.</param>
    internal MessagePattern(bool isFromInitiator, HandshakeToken[] tokens, bool usesPsk, MessagePattern? previous)
    {
        IsFromInitiator = isFromInitiator;
        Tokens = tokens;
        PskCount = tokens.Count(token => token == HandshakeToken.Psk);
        bool hasKey = previous is { IsPayloadEncrypted: true };
        bool hasSecret = previous is { IsPayloadSecret: true };
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
                default:
                    hasKey = hasSecret = true;
                    break;
            }
        }

        IsPayloadEncrypted = hasKey;
        IsPayloadSecret = hasSecret;
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

    /// <summary>
    /// Whether the payload is encrypted. Where a pattern has psk tokens that is so after the first e already, but until a DH or psk token
    /// has come the key follows from what is public: anyone can read it (<see cref="IsPayloadSecret"/>).
    /// </summary>
    public bool IsPayloadEncrypted { get; }

    /// <summary>Whether the key that encrypts the payload comes from a DH or psk token, so that it is a secret.</summary>
    public bool IsPayloadSecret { get; }

    /// <summary>How many psk tokens it has.</summary>
    public int PskCount { get; }

    /// <summary>Bytes that the message has beyond its payload.</summary>
    public int Overhead { get; }

    /// <summary>The line as the specification writes it: <c>-&gt; e, es</c>.</summary>
    public override string ToString() => $"{(IsFromInitiator ? "->" : "<-")} {string.Join(", ", TokenNames)}";
}
