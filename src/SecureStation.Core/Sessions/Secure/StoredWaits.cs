namespace SecureStation.Core.Sessions.Secure;

/// <summary>Who waits until messages are durable, in the order of their ids: a commit wakes those that it was for, each once. Used under the session's lock.</summary>
internal sealed class StoredWaits
{
    private readonly Queue<(ulong Id, TaskCompletionSource<ulong> Done)> _waiting = new();

    /// <summary>Waits for a message that is not durable yet.</summary>
    public Task<ulong> Add(ulong id)
    {
        // Continuations never run on the thread that commits.
        var done = new TaskCompletionSource<ulong>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Enqueue((id, done));
        return done.Task;
    }

    /// <summary>Messages up to this one are durable.</summary>
    public void Complete(ulong upTo)
    {
        while (_waiting.TryPeek(out (ulong Id, TaskCompletionSource<ulong> Done) first) && first.Id <= upTo)
        {
            _waiting.Dequeue().Done.TrySetResult(first.Id);
        }
    }

    /// <summary>Nothing more will be durable.</summary>
    public void Fail(StationException reason)
    {
        while (_waiting.TryDequeue(out (ulong Id, TaskCompletionSource<ulong> Done) first))
        {
            first.Done.TrySetException(new StationException(reason.Fault, reason.Message, reason));
        }
    }
}
