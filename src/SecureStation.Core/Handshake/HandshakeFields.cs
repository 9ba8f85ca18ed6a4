using SecureStation.Core.Noise;

namespace SecureStation.Core.Handshake;

/// <summary>Takes a handshake message apart by its tokens; see <see cref="MessagePattern"/> for the layout.</summary>
internal static class HandshakeFields
{
    private const int KeyLength = NoiseKeyPair.KeyLength;
    private const int TagLength = TransportState.TagLength;

    /// <summary>The parts of a message of <paramref name="length"/> bytes, which is at least what the tokens need.</summary>
    public static IReadOnlyList<HandshakeField> Of(HandshakePattern pattern, int number, int length)
    {
        MessagePattern message = pattern.Messages[number - 1];
        bool isSecret = number > 1 && pattern.Messages[number - 2].IsPayloadSecret;
        var fields = new List<HandshakeField>(3);
        int offset = 0;
        foreach (HandshakeToken token in message.Tokens)
        {
            switch (token)
            {
                case HandshakeToken.E:
                    Add("e", KeyLength, isEncrypted: false, secret: false);
                    break;
                case HandshakeToken.S:
                    Add("s", KeyLength + (message.IsStaticEncrypted ? TagLength : 0), message.IsStaticEncrypted, isSecret);
                    break;
                default:
                    isSecret = true;
                    break;
            }
        }

        Add("payload", length - offset, message.IsPayloadEncrypted, message.IsPayloadSecret);
        return fields;

        void Add(string name, int fieldLength, bool isEncrypted, bool secret)
        {
            fields.Add(new HandshakeField(name, offset, fieldLength, isEncrypted, secret));
            offset += fieldLength;
        }
    }
}
