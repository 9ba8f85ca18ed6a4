using SecureStation.Core.Noise;

namespace SecureStation.Core.Handshake;

/// <summary>Takes a handshake message apart: what its tokens put into it (<see cref="MessagePattern.Fields"/>), then the payload.</summary>
internal static class HandshakeFields
{
    /// <summary>The parts of a message of <paramref name="length"/> bytes, which is at least what the tokens need.</summary>
    public static IReadOnlyList<HandshakeField> Of(MessagePattern message, int length)
    {
        var fields = new List<HandshakeField>(message.Fields.Count + 1);
        int offset = 0;
        foreach (MessageField field in message.Fields)
        {
            fields.Add(new HandshakeField(field.Name, offset, field.Length, field.IsEncrypted, field.IsSecret));
            offset += field.Length;
        }

        fields.Add(new HandshakeField("payload", offset, length - offset, message.IsPayloadEncrypted, message.IsPayloadSecret));
        return fields;
    }
}
