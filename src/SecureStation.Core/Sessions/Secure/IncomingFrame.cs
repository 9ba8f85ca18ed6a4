using SecureStation.Core.Framing;

namespace SecureStation.Core.Sessions.Secure;

/// <summary>What a connection read: a whole message, or, where that is null, a control frame.</summary>
internal readonly record struct IncomingFrame(StationMessage? Message, ControlFrame Control);
