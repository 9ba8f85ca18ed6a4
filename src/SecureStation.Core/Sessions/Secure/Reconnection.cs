using SecureStation.Core.Framing;

namespace SecureStation.Core.Sessions.Secure;

/// <summary>
/// Brings a session that was cut together again with its peer: one attempt after another, with growing pauses, until the peer answers or the session ends.
/// </summary>
internal sealed class Reconnection(SecureSession session, SessionPump pump, IReconnector reconnector, TimeProvider time, CancellationToken over)
{
    private static readonly TimeSpan s_firstPause = TimeSpan.FromSeconds(0.2);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(30);

    /// <summary>The connection that the session goes on with, attached; null: the session has ended.</summary>
    public async Task<PumpedConnection?> RunAsync()
    {
        try
        {
            for (int attempt = 0; ; attempt++)
            {
                await Task.Delay(PauseBefore(attempt, Random.Shared.NextDouble()), time, over).ConfigureAwait(false);
                if (pump.LastIdForWelcome() is not { } lastId)
                {
                    return null;
                }

                if (await TryAsync(lastId).ConfigureAwait(false) is { } attached)
                {
                    return attached;
                }
            }
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>0.2 s, doubled each time up to 30 s, less a random half: all who were cut together must not come back together.</summary>
    internal static TimeSpan PauseBefore(int attempt, double random)
    {
        TimeSpan whole = attempt < 10 ? s_firstPause * (1 << attempt) : s_longestPause;
        return (whole < s_longestPause ? whole : s_longestPause) * (1 - (random / 2));
    }

    private async Task<PumpedConnection?> TryAsync(ulong lastId)
    {
        try
        {
            ResumeAnswer answer = await reconnector.ConnectAsync(session, lastId, over).ConfigureAwait(false);
            PumpedConnection? attached = answer.Welcome is { } welcome ? await AttachAsync(answer, welcome).ConfigureAwait(false) : Refused(answer.Close);
            if (attached is null)
            {
                await answer.Connection.DropAsync().ConfigureAwait(false);
            }

            return attached;
        }
        catch (StationException contradiction) when (contradiction.Fault == StationFault.PeerKeyChanged)
        {
            pump.Abort(contradiction);
            return null;
        }
        catch (Exception failure) when (failure is StationException or IOException)
        {
            // Nobody there, or somebody else: neither says anything about the session.
            session.NoteAttempt(failure);
            return null;
        }
    }

    private async Task<PumpedConnection?> AttachAsync(ResumeAnswer answer, WelcomeFrame welcome)
    {
        if (welcome.SessionId != session.Id)
        {
            await answer.Connection.TellAsync(StationReason.Closed, over).ConfigureAwait(false);
            pump.Abort(Lost("it does not resume sessions, or has been started anew"));
            return null;
        }

        try
        {
            return session.Resume(answer, welcome);
        }
        catch (StationException broken)
        {
            await answer.Connection.TellAsync(StationReason.ProtocolError, over).ConfigureAwait(false);
            pump.Abort(broken);
            return null;
        }
    }

    private PumpedConnection? Refused(ControlFrame close)
    {
        switch ((StationReason)close.First)
        {
            case StationReason.Busy or StationReason.Superseded:
                session.NoteAttempt(PeerReasons.ToRefusal((ushort)close.First));
                break;
            case StationReason.Closed:
                EndAfter(close.Second);
                break;
            case StationReason.NotResumed:
                pump.Abort(Lost("the peer keeps it no longer"));
                break;
            default:
                pump.Abort(PeerReasons.ToRefusal((ushort)close.First));
                break;
        }

        return null;
    }

    private void EndAfter(ulong peerHas)
    {
        try
        {
            pump.EndAfter(peerHas);
        }
        catch (StationException broken)
        {
            pump.Abort(broken);
        }
    }

    private static StationException Lost(string why) => new(StationFault.SessionLost, $"The session was cut and cannot be resumed: {why}.");
}
