namespace SecureStation.Core.Sessions.Secure;

/// <summary>What a session's core found out.</summary>
internal readonly record struct SessionEvent(SessionEventKind Kind, StationMessage? Message = null, ulong Id = 0, StationException? Reason = null);
