using SecureStation.Core.Noise.Primitives;

namespace SecureStation.Core.Noise;

/// <summary>
/// One line of a handshake pattern: who sends the message, its tokens, and what follows from them of its form and size.
/// A message is what its tokens put into it (<see cref="Fields"/>), in order, then the payload:
/// <code>
/// e        32 bytes, in clear
/// s        32 bytes, or 32 + 16 encrypted
/// e1       1184 bytes, or 1184 + 16 encrypted
/// ekem1    1088 + 16 bytes, always encrypted
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
        var fields = new List<MessageField>(3);
        foreach (HandshakeToken token in tokens)
        {
            switch (token)
            {
                case HandshakeToken.E:
                    fields.Add(new MessageField(token, X25519.KeyLength, IsEncrypted: false, IsSecret: false));
                    hasKey |= usesPsk;
                    break;
                case HandshakeToken.S:
                    AddKeyed(token, X25519.KeyLength);
                    break;
                case HandshakeToken.E1:
                    AddKeyed(token, MLKem768.EncapsulationKeyLength);
                    break;
                case HandshakeToken.EKem1:
                    AddKeyed(token, MLKem768.CiphertextLength);
                    hasKey = hasSecret = true;
                    break;
                default:
                    hasKey = hasSecret = true;
                    break;
            }
        }

        Fields = fields;
        IsPayloadEncrypted = hasKey;
        IsPayloadSecret = hasSecret;
        Overhead = fields.Sum(field => field.Length) + (hasKey ? AeadCipher.TagLength : 0);

        // What EncryptAndHash() writes.
        void AddKeyed(HandshakeToken token, int length) => fields.Add(new MessageField(token, length + (hasKey ? AeadCipher.TagLength : 0), hasKey, hasSecret));
    }

    /// <summary>True where the initiator sends it (<c>-&gt;</c>), false where the responder does (<c>&lt;-</c>).</summary>
    public bool IsFromInitiator { get; }

    /// <summary>The tokens in order.</summary>
    public IReadOnlyList<HandshakeToken> Tokens { get; }

    /// <summary>The tokens as the specification writes them: <c>e</c>, <c>ee</c>, <c>psk</c> …</summary>
    public IEnumerable<string> TokenNames => Tokens.Select(token => token.Name());

    /// <summary>What the tokens put into the message before the payload, in order.</summary>
    public IReadOnlyList<MessageField> Fields { get; }

    /// <summary>
    /// Whether the payload is encrypted. Where a pattern has psk tokens that is so after the first e already, but until a DH, KEM or psk token
    /// has come the key follows from what is public: anyone can read it (<see cref="IsPayloadSecret"/>).
    /// </summary>
    public bool IsPayloadEncrypted { get; }

    /// <summary>Whether the key that encrypts the payload comes from a DH, KEM or psk token, so that it is a secret.</summary>
    public bool IsPayloadSecret { get; }

    /// <summary>How many psk tokens it has.</summary>
    public int PskCount { get; }

    /// <summary>Bytes that the message has beyond its payload.</summary>
    public int Overhead { get; }

    /// <summary>Bytes that a token puts into the message; 0 where it only mixes a key.</summary>
    internal int LengthOf(HandshakeToken token) => Fields.FirstOrDefault(field => field.Token == token)?.Length ?? 0;

    /// <summary>The line as the specification writes it: <c>-&gt; e, es</c>.</summary>
    public override string ToString() => $"{(IsFromInitiator ? "->" : "<-")} {string.Join(", ", TokenNames)}";
}
