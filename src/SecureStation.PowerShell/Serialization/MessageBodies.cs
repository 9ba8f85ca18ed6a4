using System.Text;
using SecureStation.Core;
using SecureStation.Core.Messages;
using SecureStation.Core.Sealing;
using SecureStation.Core.Sessions;

namespace SecureStation.Serialization;

/// <summary>What a script sends becomes a message, and a message what a script receives.</summary>
internal static class MessageBodies
{
    private static readonly UTF8Encoding s_strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The message for a value: text for a string, bytes for a byte[], the same body again for a message, else an object.</summary>
    /// <param name="input">The value.</param>
    /// <param name="depth">How deep an object is sent.</param>
    /// <param name="inReplyTo">The id of the message that it answers; 0 for none.</param>
    /// <param name="isStopping">Asked while an object is walked.</param>
    /// <param name="warning">What of it is not sent as what it is; null where all is.</param>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>, <see cref="StationFault.MessageTooLarge"/></exception>
    /// <exception cref="SecretException">It holds a secret.</exception>
    public static OutgoingMessage ToMessage(object? input, int depth, ulong inReplyTo, Func<bool> isStopping, out string? warning)
    {
        warning = null;
        object? bare = ValueForms.Unwrap(input);
        (StationMessageKind kind, ReadOnlyMemory<byte> body) = bare switch
        {
            // An enum that came from a peer goes on as one.
            string text when ValueForms.ReceivedEnum(input) is null => (StationMessageKind.Text, ToUtf8(text)),
            StationMessage message => (message.Kind, message.BodyBytes),
            SealedMessage message => (KindOf(message.Kind), message.BodyBytes),

            // Copied: the script may change its array while the message waits in the outbox.
            _ when ValueForms.TryBytes(bare, out ReadOnlyMemory<byte> bytes) => (StationMessageKind.Bytes, bytes.ToArray()),
            _ => (StationMessageKind.Object, ObjectWriter.Write(input, depth, isStopping, out warning)),
        };
        if (kind is StationMessageKind.Text or StationMessageKind.Bytes && bare is not (StationMessage or SealedMessage) && ValueForms.AddedMembers(input) is [var added, ..])
        {
            warning = $"The member '{added.Name}' was added to a {(kind == StationMessageKind.Text ? "text" : "byte array")} and is not sent. Inside an object it is: @{{ value = $value }}.";
        }

        return new OutgoingMessage(kind, body) { InReplyTo = inReplyTo };
    }

    private static StationMessageKind KindOf(SealedKind kind) => kind switch
    {
        SealedKind.Text => StationMessageKind.Text,
        SealedKind.Object => StationMessageKind.Object,
        _ => StationMessageKind.Bytes,
    };

    private static byte[] ToUtf8(string text)
    {
        try
        {
            return s_strictUtf8.GetBytes(text);
        }
        catch (EncoderFallbackException refused)
        {
            throw new StationException(StationFault.InvalidArgument, "The text cannot be sent: it holds half a surrogate pair, which UTF-8 cannot write.", refused);
        }
    }

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

    /// <summary>As the other, of a sealed message.</summary>
    public static SealedMessage Read(SealedMessage message)
    {
        if (message.Kind != SealedKind.Object)
        {
            return message;
        }

        bool isWellFormed = ObjectReader.TryRead(message.BodyBytes, out object? body);
        return message.WithBody(body, isWellFormed ? null : StationFault.MalformedBody);
    }
}
