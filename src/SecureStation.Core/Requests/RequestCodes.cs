namespace SecureStation.Core.Requests;

/// <summary>Why a request was not answered: the header <c>error</c> of its last message (docs/protocol/request.md).</summary>
internal static class RequestCodes
{
    /// <summary>The handler itself failed; id, category and message say how.</summary>
    public const string HandlerFailed = "HandlerFailed";

    /// <summary>There is no handler of that name.</summary>
    public const string UnknownHandler = "UnknownHandler";

    /// <summary>The handler is not for this peer.</summary>
    public const string NotAllowed = "NotAllowed";

    /// <summary>As many requests as may be wait or run.</summary>
    public const string Busy = "Busy";

    /// <summary>The handler took longer than it may.</summary>
    public const string Timeout = "Timeout";

    /// <summary>The handler was taken away while it ran.</summary>
    public const string Withdrawn = "Withdrawn";

    /// <summary>A result is larger than the asker takes.</summary>
    public const string TooLarge = "MessageTooLarge";

    /// <summary>The call is not one.</summary>
    public const string Malformed = "Malformed";

    /// <summary>The process that had the call is gone: whether it has done it nobody knows.</summary>
    public const string Unknown = "Unknown";
}
