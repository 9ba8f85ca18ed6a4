namespace SecureStation.Core.Requests;

/// <summary>How a request failed on the other side, as it says so.</summary>
/// <param name="Code">What <see cref="RequestCodes"/> has, or something of a later version.</param>
/// <param name="ErrorId">Of a handler's own failure: its error id.</param>
/// <param name="Category">Of a handler's own failure: its error category.</param>
/// <param name="Message">Of a handler's own failure: its text.</param>
internal sealed record RequestFailure(string Code, string? ErrorId = null, string? Category = null, string? Message = null)
{
    /// <summary>The longest id or category, in characters.</summary>
    public const int MaxName = 256;

    /// <summary>The longest text, in characters.</summary>
    public const int MaxMessage = 4096;

    /// <summary>What the asker is told.</summary>
    /// <param name="name">The handler's name.</param>
    public StationException ToException(string name) => Code switch
    {
        RequestCodes.HandlerFailed => new RequestFailedException(
            ForeignText.Show(ErrorId, MaxName), ForeignText.Show(Category, MaxName), ForeignText.Show(Message, MaxMessage, keepLines: true)),
        RequestCodes.UnknownHandler => new StationException(StationFault.NotFound, $"The peer has no handler '{name}'.") { Subject = StationSubject.Handler, PeerHint = Code },
        RequestCodes.NotAllowed => new StationException(StationFault.NotAllowed, $"The peer's handler '{name}' is not for this station.") { PeerHint = Code },
        RequestCodes.Busy => new StationException(StationFault.PeerRefused, "The peer has as many requests as it takes at once.") { Subject = StationSubject.Handler, PeerHint = Code },
        RequestCodes.Timeout => new StationException(StationFault.Timeout, $"The peer's handler '{name}' did not end in the time that it is given there.") { PeerHint = Code },
        RequestCodes.Withdrawn => new StationException(StationFault.PeerRefused, $"The peer withdrew its handler '{name}'.") { Subject = StationSubject.Handler, PeerHint = Code },
        RequestCodes.TooLarge => new StationException(StationFault.MessageTooLarge, $"A result of the peer's handler '{name}' is larger than this station takes.") { PeerHint = Code },
        RequestCodes.Malformed => new StationException(StationFault.ProtocolError, "The peer could not read the request.") { PeerHint = Code },
        RequestCodes.Unknown => new StationException(StationFault.Unknown, $"The peer was started anew while the request '{name}' was open: whether it has done it is not known.") { PeerHint = Code },
        _ => new StationException(StationFault.PeerRefused, $"The peer answered the request: {ForeignText.Show(Code)}.") { PeerHint = Code },
    };
}
