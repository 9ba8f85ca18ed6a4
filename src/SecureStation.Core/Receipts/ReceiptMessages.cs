using System.Globalization;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;

namespace SecureStation.Core.Receipts;

/// <summary>
/// The messages of the service <c>receipt</c> (kind 4; docs/protocol/receipt.md):
/// <code>
/// ask       sender      headers op, message (the id, decimal)
/// receipt   receiver    headers op, signature (base64); body the JSON; inReplyTo the ask; or the header error
/// </code>
/// </summary>
internal static class ReceiptMessages
{
    public const string Service = "receipt";

    /// <summary>The message is not among those that the receiver still knows of.</summary>
    public const string UnknownMessage = "UnknownMessage";

    /// <summary>Too many are asked for at once.</summary>
    public const string Busy = "Busy";

    private const string Op = "op";
    private const string Message = "message";
    private const string Signature = "signature";

    // RSA of 8192 bits: 1,024 bytes.
    private const int MaxSignature = 2048;

    public static OutgoingMessage ToAsk(ulong id) => new(StationMessageKind.Service, default)
    {
        Headers = [.. Head("ask"), new(Message, id.ToString(CultureInfo.InvariantCulture))],
    };

    public static OutgoingMessage ToReceipt(ulong ask, byte[] bytes, byte[] signature) => new(StationMessageKind.Service, bytes)
    {
        InReplyTo = ask,
        Headers = [.. Head(Service), new(Signature, Convert.ToBase64String(signature))],
    };

    public static OutgoingMessage ToError(ulong ask, string error) => new(StationMessageKind.Service, default)
    {
        InReplyTo = ask,
        Headers = [new(OutgoingMessage.ServiceHeader, Service), new(OutgoingMessage.ErrorHeader, error)],
    };

    /// <summary>The message that a receipt is asked for; false where none is.</summary>
    public static bool TryReadAsk(StationMessage message, out ulong id)
    {
        id = 0;
        return message.GetHeader(Op) == "ask" && ulong.TryParse(message.GetHeader(Message), NumberStyles.None, CultureInfo.InvariantCulture, out id);
    }

    /// <summary>The receipt's bytes and their signature; false where it is none.</summary>
    public static bool TryReadReceipt(StationMessage message, out byte[] bytes, out byte[] signature)
    {
        bytes = [];
        signature = new byte[MaxSignature];
        if (message.GetHeader(Op) != Service
            || message.Length > ReceiptJson.MaxSize
            || message.GetHeader(Signature) is not { } text
            || !Convert.TryFromBase64String(text, signature, out int length))
        {
            return false;
        }

        bytes = message.BodyBytes.ToArray();
        signature = signature[..length];
        return true;
    }

    private static KeyValuePair<string, string>[] Head(string op) => [new(OutgoingMessage.ServiceHeader, Service), new(Op, op)];
}
