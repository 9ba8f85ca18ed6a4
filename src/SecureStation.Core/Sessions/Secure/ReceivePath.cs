namespace SecureStation.Core.Sessions.Secure;

/// <summary>
/// The incoming half of a session's core: from a whole message to its acknowledgement. Where there is state to keep, a message arrives, and is
/// acknowledged, only when it is durable.
/// </summary>
internal sealed class ReceivePath(StationLimits limits, bool isDurable)
{
    private readonly Queue<(StationMessage Message, long Overhead)> _unkept = new();

    /// <summary>What has come in and been taken, and what the peer knows of it.</summary>
    public ReceiveWindow Window { get; } = new(limits.Window);

    /// <summary>Whether all that came in is as safe as it gets.</summary>
    public bool IsKept => _unkept.Count == 0;

    /// <summary>Takes in a whole message. True: it has arrived.</summary>
    /// <exception cref="StationException"><see cref="StationFault.ProtocolError"/>: the peer overfills the inbox.</exception>
    public bool Receive(StationMessage message, long overhead, TimeSpan now)
    {
        Window.Receive(message.Id, message.Length, overhead);
        if (isDurable)
        {
            _unkept.Enqueue((message, overhead));
            return false;
        }

        Window.Keep(message.Id, now);
        return true;
    }

    /// <summary>The next message that has arrived because all up to <paramref name="upTo"/> are durable.</summary>
    public bool TryKeep(ulong upTo, TimeSpan now, out StationMessage? message)
    {
        message = null;
        if (!_unkept.TryPeek(out (StationMessage Message, long Overhead) next) || next.Message.Id > upTo)
        {
            return false;
        }

        message = _unkept.Dequeue().Message;
        Window.Keep(message.Id, now);
        return true;
    }

    /// <summary>Forgets what came in and is not durable: the peer was never told of it, and sends it again if there is another connection.</summary>
    public void ForgetUnkept()
    {
        long bodies = 0;
        long overheads = 0;
        while (_unkept.TryDequeue(out (StationMessage Message, long Overhead) lost))
        {
            bodies += lost.Message.Length;
            overheads += lost.Overhead;
        }

        Window.Forget(bodies, overheads);
    }
}
