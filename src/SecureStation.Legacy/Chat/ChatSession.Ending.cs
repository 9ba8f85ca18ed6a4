using SecureStation.Core;
using SecureStation.Core.Sessions;

namespace SecureStation.Legacy.Chat;

// How a session ends: without a goodbye that could be trusted.
public abstract partial class ChatSession
{
    // After our close an old program may never close its side.
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(500);

    private void BeginClosing()
    {
        lock (_gate)
        {
            if (_state != StationSessionState.Open)
            {
                return;
            }

            _state = StationSessionState.Closing;
        }

        _outbox.Complete();
        _ = FinishClosingAsync();
    }

    private async Task FinishClosingAsync()
    {
        await Task.WhenAny(_writing, Task.Delay(_limits.CloseTimeout)).ConfigureAwait(false);
        await _transport.CompleteWritesAsync().ConfigureAwait(false);
        await Task.WhenAny(_ended.Task, Task.Delay(s_patience)).ConfigureAwait(false);
        End(new StationException(StationFault.SessionClosed, "The session was closed."), isOrderly: true);
    }

    private void End(StationException reason, bool isOrderly)
    {
        lock (_gate)
        {
            if (_state == StationSessionState.Closed)
            {
                return;
            }

            _state = StationSessionState.Closed;
        }

        _stop.Cancel();
        _outbox.Fail(reason);
        if (isOrderly)
        {
            _ = _transport.DisposeAsync().AsTask();
        }
        else
        {
            _transport.Abort();
        }

        Finish(reason);
        _ended.TrySetResult();
    }
}
