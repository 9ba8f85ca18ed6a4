using SecureStation.Core;
using SecureStation.Core.Sessions;

namespace SecureStation.Legacy.Chat;

// What comes in: there is nothing but reads to tell one message from the next.
public abstract partial class ChatSession
{
    // Nothing marks where a message ends, so what has come is given this time to go on where its end is in doubt.
    private static readonly TimeSpan s_silence = TimeSpan.FromMilliseconds(100);

    private async Task ReadLoopAsync(byte[] alreadyRead)
    {
        try
        {
            if (alreadyRead.Length > 0)
            {
                OnReceived(alreadyRead);
            }

            await ReadAllAsync().ConfigureAwait(false);
            End(
                IsIncomplete
                    ? new StationException(StationFault.Truncated, "The peer closed the connection in the middle of a message.")
                    : new StationException(StationFault.SessionClosed, _state == StationSessionState.Closing
                        ? "The session was closed."
                        : "The peer closed the connection. The protocol has no goodbye that could be trusted: anybody on the way can end it so."),
                isOrderly: true);
        }
        catch (StationException e)
        {
            End(e, isOrderly: false);
        }
        catch (IOException e)
        {
            End(new StationException(StationFault.Truncated, $"The connection broke: {e.Message}", e), isOrderly: false);
        }
        catch (OperationCanceledException e)
        {
            End(new StationException(StationFault.SessionClosed, "The session was closed.", e), isOrderly: true);
        }
        catch (Exception e)
        {
            End(new StationException(StationFault.ProtocolError, $"The session ended by an unexpected failure: {e.Message}", e), isOrderly: false);
        }
    }

    private async ValueTask ReadAllAsync()
    {
        byte[] buffer = new byte[2048];
        while (true)
        {
            if (!DropsOldest)
            {
                await WhenInboxBelowAsync(MaxInbox, _stop.Token).ConfigureAwait(false);
            }

            int? read = await ReadAsync(buffer).ConfigureAwait(false);
            if (read == 0)
            {
                OnSilence();
                return;
            }

            if (read is null)
            {
                OnSilence();
                continue;
            }

            _writer.NoteHeard();
            OnReceived(buffer.AsSpan(0, read.Value));

            // A burst comes in larger reads, so that fewer messages are cut at a read's end.
            if (read == buffer.Length && buffer.Length < 64 * 1024)
            {
                buffer = new byte[64 * 1024];
            }
        }
    }

    // Null: nothing came for a moment, where that means something.
    private async ValueTask<int?> ReadAsync(byte[] buffer)
    {
        if (!AwaitsSilence)
        {
            return await _transport.ReadAsync(buffer, _stop.Token).ConfigureAwait(false);
        }

        using var moment = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        moment.CancelAfter(s_silence);
        try
        {
            return await _transport.ReadAsync(buffer, moment.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
        {
            return null;
        }
    }
}
