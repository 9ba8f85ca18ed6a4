namespace SecureStation.Core.Sessions.Secure;

/// <summary>Who takes the messages to a service of this side.</summary>
internal interface IServiceSink : IAnswerSink
{
    /// <summary>The peer waits no longer for an answer to its message with this id, which may be answered already or unknown.</summary>
    void Withdraw(ulong id);

    /// <summary>Whether a message is the peer's part in what this side began: that needs no capability of the peer.</summary>
    bool IsOwn(StationMessage message) => false;
}
