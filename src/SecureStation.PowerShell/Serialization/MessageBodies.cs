using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Messages;

namespace SecureStation.Serialization;

/// <summary>What a script sends becomes a message, and a message what a script receives.</summary>
internal static class MessageBodies
{
    /// <summary>The message for a value: text for a string, bytes for a byte[], the same body again for a message, else an object.</summary>
    /// <param name="input">The value.</param>
    /// <param name="depth">How deep an object is sent.</param>
    /// <param name="inReplyTo">The id of the message that it answers; 0 for none.</param>
    /// <param name="isStopping">Asked while an object is walked.</param>
    public static OutgoingMessage ToMessage(object? input, int depth, ulong inReplyTo, Func<bool> isStopping) =>
        (input is PSObject wrapped && wrapped.BaseObject is not PSCustomObject ? wrapped.BaseObject : input) switch
        {
            string text => new(StationMessageKind.Text, System.Text.Encoding.UTF8.GetBytes(text)) { InReplyTo = inReplyTo },

            // Copied: the script may change its array while the message waits in the outbox.
            byte[] bytes => new(StationMessageKind.Bytes, bytes.AsSpan().ToArray()) { InReplyTo = inReplyTo },
            ReadOnlyMemory<byte> bytes => new(StationMessageKind.Bytes, bytes.ToArray()) { InReplyTo = inReplyTo },
            Memory<byte> bytes => new(StationMessageKind.Bytes, bytes.ToArray()) { InReplyTo = inReplyTo },
            StationMessage message => new(message.Kind, message.BodyBytes) { InReplyTo = inReplyTo },
            _ => new(StationMessageKind.Object, ObjectWriter.Write(input, depth, isStopping)) { InReplyTo = inReplyTo },
        };

    /// <summary>The message with its body read, where the core leaves that to its host.</summary>
    public static StationMessage Read(StationMessage message)
    {
        if (message.Kind != StationMessageKind.Object)
        {
            return message;
        }

        bool isWellFormed = ObjectReader.TryRead(message.BodyBytes, out object? body);
        return message.WithBody(body, isWellFormed ? null : StationFault.MalformedBody);
    }
}
