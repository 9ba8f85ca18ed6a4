namespace SecureStation.Core.Notary.Log;

/// <summary>A place in a log, taken before its token is signed, so that the order of entries is that of their times.</summary>
internal sealed class LogTicket
{
    private readonly TaskCompletionSource<byte[]?> _token = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The token; null if there will be none.</summary>
    public Task<byte[]?> Token => _token.Task;

    /// <summary>Gives the token and waits until it is on the disk.</summary>
    /// <exception cref="StationException"><see cref="StationFault.StorageFailed"/> or <see cref="StationFault.InvalidState"/>: it is not.</exception>
    public Task CommitAsync(byte[] token)
    {
        _token.TrySetResult(token);
        return _written.Task;
    }

    /// <summary>Gives the place up. Does nothing after <see cref="CommitAsync"/>.</summary>
    public void Cancel() => _token.TrySetResult(null);

    public void SetWritten() => _written.TrySetResult();

    public void SetFailed(StationException failure)
    {
        _written.TrySetException(failure);
        _ = _written.Task.Exception;
    }
}
