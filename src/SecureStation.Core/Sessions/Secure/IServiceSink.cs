namespace SecureStation.Core.Sessions.Secure;

/// <summary>Who takes the messages to a service of this side.</summary>
internal interface IServiceSink : IAnswerSink
{
    /// <summary>The peer waits no longer for an answer to its message with this id, which may be answered already or unknown.</summary>
    void Withdraw(ulong id);
}
