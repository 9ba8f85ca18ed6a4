using System.Text;

namespace SecureStation.Core.Messages;

/// <summary>A message to be sent: a kind, a body and headers.</summary>
public sealed class OutgoingMessage
{
    /// <summary>Makes a message. The body is not copied and must not change until the peer has acknowledged it (<see cref="Sessions.StationSession.WaitDeliveredAsync"/>) or the session has ended.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: a kind that there is not, for which the peer would end the session.</exception>
    public OutgoingMessage(StationMessageKind kind, ReadOnlyMemory<byte> body)
    {
        if (kind is < StationMessageKind.Text or > StationMessageKind.Service)
        {
            throw new StationException(StationFault.InvalidArgument, $"There is no kind {(int)kind} of messages.");
        }

        Kind = kind;
        Body = body;
    }

    /// <summary>What the body is.</summary>
    public StationMessageKind Kind { get; }

    /// <summary>The body's bytes.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>Names and values sent before the body, 64 at most and 64 KiB in all. A copy: what is measured is what is sent.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init => field = [.. value]; } = [];

    /// <summary>The id of the peer's message that this one answers; 0 for none.</summary>
    public ulong InReplyTo { get; init; }

    /// <summary>A text message.</summary>
    public static OutgoingMessage Text(string text) => new(StationMessageKind.Text, Encoding.UTF8.GetBytes(text));

    /// <summary>A message of bytes.</summary>
    public static OutgoingMessage Bytes(ReadOnlyMemory<byte> bytes) => new(StationMessageKind.Bytes, bytes);

    /// <summary>An object message of JSON bytes.</summary>
    public static OutgoingMessage Object(ReadOnlyMemory<byte> json) => new(StationMessageKind.Object, json);

    /// <summary>A message to a service of the peer's session.</summary>
    public static OutgoingMessage Service(string service, ReadOnlyMemory<byte> body, ulong inReplyTo = 0) =>
        new(StationMessageKind.Service, body) { Headers = [new(ServiceHeader, service)], InReplyTo = inReplyTo };

    /// <summary>The service whose messages mean nothing: they take the place of what is not to be sent any more, since ids have no gaps.</summary>
    internal const string VoidService = "void";

    /// <summary>A message that means nothing.</summary>
    internal static OutgoingMessage Void { get; } = Service(VoidService, default);

    /// <summary>A message that means nothing, in the place of one with so long a body that the peer may have, and have counted.</summary>
    internal static OutgoingMessage VoidOf(int length) => length == 0 ? Void : Service(VoidService, new byte[length]);

    /// <summary>The header that names the service.</summary>
    public const string ServiceHeader = "service";

    /// <summary>The header that says why a service did not answer.</summary>
    public const string ErrorHeader = "error";
}
