using System.Globalization;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;

namespace SecureStation.Core.Requests;

/// <summary>
/// The messages of the service <c>request</c> (kind 4; docs/protocol/request.md). Headers beside service and op:
/// <code>
/// call     asker     name, credit, kind (absent: no argument)        body the argument
/// item     handler   kind                                            body one result            inReplyTo the call
/// credit   asker     call, credit                                    —
/// end      handler   —                                               —                          inReplyTo the call
/// error    handler   error, and of HandlerFailed id, category, message                          inReplyTo the call
/// cancel   asker     call                                            —          (ServiceWithdrawal)
/// </code>
/// Numbers are decimal; credit is in bytes, and an item costs <see cref="ItemCost"/>.
/// </summary>
internal static class RequestMessages
{
    public const string Service = "request";

    /// <summary>What an item costs beside its body.</summary>
    public const int ItemOverhead = 256;

    /// <summary>The most credit that a message gives.</summary>
    public const long MaxCredit = 1L << 40;

    private const string Op = ServiceWithdrawal.Op;
    private const string Call = ServiceWithdrawal.Call;
    private const string Name = "name";
    private const string Credit = "credit";
    private const string Kind = "kind";
    private const string Id = "id";
    private const string Category = "category";
    private const string Text = "message";

    public static long ItemCost(long length) => length + ItemOverhead;

    public static OutgoingMessage ToCall(string name, RequestValue? argument, long credit) => new(StationMessageKind.Service, argument?.Body ?? default)
    {
        Headers =
        [
            .. Head("call"),
            new(Name, name),
            new(Credit, credit.ToString(CultureInfo.InvariantCulture)),
            .. argument is { } given ? [new(Kind, KindName(given.Kind))] : (KeyValuePair<string, string>[])[],
        ],
    };

    public static OutgoingMessage ToItem(ulong call, RequestValue value) => new(StationMessageKind.Service, value.Body)
    {
        InReplyTo = call,
        Headers = [.. Head("item"), new(Kind, KindName(value.Kind))],
    };

    public static OutgoingMessage ToCredit(ulong call, long credit) => new(StationMessageKind.Service, default)
    {
        Headers =
        [
            .. Head("credit"),
            new(Call, call.ToString(CultureInfo.InvariantCulture)),
            new(Credit, credit.ToString(CultureInfo.InvariantCulture)),
        ],
    };

    public static OutgoingMessage ToEnd(ulong call) => new(StationMessageKind.Service, default) { InReplyTo = call, Headers = Head("end") };

    public static OutgoingMessage ToError(ulong call, RequestFailure failure) => new(StationMessageKind.Service, default)
    {
        InReplyTo = call,
        Headers =
        [
            .. Head("error"),
            new(OutgoingMessage.ErrorHeader, failure.Code),
            .. Optional(Id, failure.ErrorId, RequestFailure.MaxName),
            .. Optional(Category, failure.Category, RequestFailure.MaxName),
            .. Optional(Text, failure.Message, RequestFailure.MaxMessage),
        ],
    };

    public static RequestOp OpOf(StationMessage message) => message.GetHeader(Op) switch
    {
        "call" => RequestOp.Call,
        "item" => RequestOp.Item,
        "credit" => RequestOp.Credit,
        "end" => RequestOp.End,
        "error" => RequestOp.Error,
        _ => RequestOp.None,
    };

    /// <summary>Reads a call; false where it is none.</summary>
    public static bool TryReadCall(StationMessage message, out RequestOffer offer)
    {
        offer = default;
        if (message.GetHeader(Name) is not { } name || !TryReadCredit(message, out long credit) || !TryReadValue(message, out RequestValue? argument))
        {
            return false;
        }

        offer = new RequestOffer(message.Id, name, credit, argument);
        return true;
    }

    /// <summary>Reads a result; false where it is none.</summary>
    public static bool TryReadItem(StationMessage message, out RequestValue value)
    {
        bool isOne = TryReadValue(message, out RequestValue? read) && read is not null;
        value = read ?? default;
        return isOne;
    }

    /// <summary>Reads a credit of a call.</summary>
    public static bool TryReadCredit(StationMessage message, out ulong call, out long credit)
    {
        credit = 0;
        return ulong.TryParse(message.GetHeader(Call), NumberStyles.None, CultureInfo.InvariantCulture, out call) && TryReadCredit(message, out credit);
    }

    /// <summary>Reads why a call failed. A refusal of the whole service has no op, and the same header.</summary>
    public static RequestFailure? ReadFailure(StationMessage message) => message.GetHeader(OutgoingMessage.ErrorHeader) is { } code
        ? new RequestFailure(code, message.GetHeader(Id), message.GetHeader(Category), message.GetHeader(Text))
        : null;

    private static bool TryReadCredit(StationMessage message, out long credit) =>
        long.TryParse(message.GetHeader(Credit), NumberStyles.None, CultureInfo.InvariantCulture, out credit) && credit is > 0 and <= MaxCredit;

    private static bool TryReadValue(StationMessage message, out RequestValue? value)
    {
        StationMessageKind? kind = message.GetHeader(Kind) switch
        {
            "text" => StationMessageKind.Text,
            "bytes" => StationMessageKind.Bytes,
            "object" => StationMessageKind.Object,
            _ => null,
        };
        value = kind is null ? null : new RequestValue(kind.Value, message.BodyBytes);
        return kind is not null || (message.GetHeader(Kind) is null && message.Length == 0);
    }

    private static string KindName(StationMessageKind kind) => kind switch
    {
        StationMessageKind.Text => "text",
        StationMessageKind.Bytes => "bytes",
        StationMessageKind.Object => "object",
        _ => throw new StationException(StationFault.InvalidArgument, "The value of a request is text, bytes or an object."),
    };

    private static KeyValuePair<string, string>[] Head(string op) => [new(OutgoingMessage.ServiceHeader, Service), new(Op, op)];

    private static IEnumerable<KeyValuePair<string, string>> Optional(string name, string? value, int maxLength) =>
        value is null ? [] : [new(name, ForeignText.Show(value, maxLength, keepLines: true))];
}
