namespace SecureStation.Core.Sessions.Secure;

/// <summary>The one answer to a request.</summary>
internal sealed class AnswerSource(SecureSession session) : IAnswerSink
{
    private readonly TaskCompletionSource<StationMessage> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<StationMessage> Answer => _answer.Task;

    public void Take(StationMessage message)
    {
        _answer.TrySetResult(message);
        session.Services.Release(message);
    }

    public void OnEnded() => _answer.TrySetException(session.CreateEndException());
}
