namespace SecureStation.Core.Sessions.Secure;

/// <summary>
/// Who takes the answers to a request of this side. Told under the session's lock: nothing that waits or calls a user. Whoever is done with a
/// message says so by <see cref="SessionServices.Release"/>, which makes room for the peer's next ones.
/// </summary>
internal interface IAnswerSink
{
    /// <summary>An answer has come.</summary>
    void Take(StationMessage message);

    /// <summary>The session is over: nothing more comes. Told without the lock.</summary>
    void OnEnded();
}
