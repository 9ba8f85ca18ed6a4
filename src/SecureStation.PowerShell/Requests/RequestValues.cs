using System.Text;
using SecureStation.Core.Messages;
using SecureStation.Core.Requests;
using SecureStation.Serialization;

namespace SecureStation.Requests;

/// <summary>What a script gives to a request or answers becomes a value of it, by the rules of messages, and a value what a script gets: inert always.</summary>
internal static class RequestValues
{
    private static readonly UTF8Encoding s_strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <inheritdoc cref="MessageBodies.ToMessage"/>
    public static RequestValue From(object? input, int depth, Func<bool> isStopping, out string? warning)
    {
        OutgoingMessage message = MessageBodies.ToMessage(input, depth, inReplyTo: 0, isStopping, out warning);
        return new RequestValue(message.Kind, message.Body);
    }

    /// <summary>Reads a value. Never throws; false where it is not what its kind says.</summary>
    public static bool TryRead(RequestValue value, out object? read)
    {
        read = null;
        switch (value.Kind)
        {
            case StationMessageKind.Bytes:
                read = value.Body.ToArray();
                return true;
            case StationMessageKind.Object:
                return ObjectReader.TryRead(value.Body, out read);
            default:
                try
                {
                    read = s_strictUtf8.GetString(value.Body.Span);
                    return true;
                }
                catch (DecoderFallbackException)
                {
                    return false;
                }
        }
    }
}
