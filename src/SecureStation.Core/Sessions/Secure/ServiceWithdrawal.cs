using System.Globalization;

namespace SecureStation.Core.Sessions.Secure;

/// <summary>
/// The message of kind 4 that takes a request back, to any service (docs/protocol/station-1.md, section 6):
/// <code>
/// headers service, op = cancel, call = the request's id in decimal; no body, no inReplyTo; never answered
/// </code>
/// </summary>
internal static class ServiceWithdrawal
{
    public const string Op = "op";
    public const string Cancel = "cancel";
    public const string Call = "call";

    /// <summary>Reads it; an id that is no number is one that nobody knows.</summary>
    public static bool TryRead(StationMessage message, out ulong id)
    {
        id = 0;
        return message.InReplyTo == 0
            && message.GetHeader(Op) == Cancel
            && message.GetHeader(Call) is { } call
            && (ulong.TryParse(call, NumberStyles.None, CultureInfo.InvariantCulture, out id) || true);
    }
}
