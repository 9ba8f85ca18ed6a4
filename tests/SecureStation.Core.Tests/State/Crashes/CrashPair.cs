using SecureStation.Core.Sessions.Secure;
using SecureStation.Core.Tests.Sessions.Secure.Simulation;

namespace SecureStation.Core.Tests.State.Crashes;

/// <summary>Two stations whose processes die and begin again, and the connections between them, in virtual time.</summary>
internal sealed class CrashPair : IDisposable
{
    private readonly CrashStation _left;
    private readonly CrashStation _right;
    private SimulatedLink _toRight = new();
    private SimulatedLink _toLeft = new();
    private TimeSpan _now;
    private long _lastNumber;
    private bool _isLost;

    public CrashPair(CrashSetup setup)
    {
        var limits = new StationLimits { Window = setup.Window, OutboxBytes = setup.OutboxBytes, OutboxMessages = 20 };
        MessageModel toRight = new(setup.BeginsAfter), toLeft = new(setup.BeginsAfter);
        _left = new CrashStation(limits, setup.HasLeftState, toRight, toLeft, () => _now);
        _right = new CrashStation(limits, setup.HasRightState, toLeft, toRight, () => _now);
        Connect(setup.BeginsAfter, setup.BeginsAfter);
        Drain();
    }

    /// <summary>Plays the steps, lets things settle, and checks what came of each message.</summary>
    public static void Run(CrashSetup setup, CrashStep[] steps)
    {
        using var pair = new CrashPair(setup);
        foreach (CrashStep step in steps)
        {
            pair.Play(step);
            if (pair._isLost)
            {
                return;
            }

            pair.Drain();
        }

        pair.Settle();
    }

    public void Dispose()
    {
        _left.Dispose();
        _right.Dispose();
    }

    private void Play(CrashStep step)
    {
        CrashStation station = step.IsLeft ? _left : _right;
        SimulatedLink link = step.IsLeft ? _toRight : _toLeft;
        switch (step.Kind)
        {
            case CrashStepKind.Send:
                station.Send(new SentMessage(++_lastNumber, sizeof(long) + step.Number, IsService: false));
                break;
            case CrashStepKind.SendLong:
                station.Send(new SentMessage(++_lastNumber, sizeof(long) + (600 * step.Number), IsService: false));
                break;
            case CrashStepKind.SendService:
                station.Send(new SentMessage(++_lastNumber, sizeof(long) + step.Number, IsService: true));
                break;
            case CrashStepKind.Take:
                station.Process.Take(1 + (step.Number % 5));
                break;
            case CrashStepKind.Wait:
                Pass(TimeSpan.FromMilliseconds(step.Number / 20.0));
                break;
            case CrashStepKind.Delay:
                link.Delay = TimeSpan.FromMilliseconds(step.Number / 10.0);
                break;
            case CrashStepKind.Commit:
                station.Commit();
                break;
            case CrashStepKind.Ask when station.Process.Core.AcceptedId > 0:
                station.Process.Core.IsDelivered(station.Process.Core.AcceptedId);
                break;
            case CrashStepKind.Cut:
                Cut(step);
                break;
            case CrashStepKind.Reconnect:
                Reconnect();
                break;
            case CrashStepKind.Crash:
                Crash(step);
                break;
            case CrashStepKind.CrashBeforeCommit or CrashStepKind.CrashAfterCommit:
                station.CommitUntold(step.Kind == CrashStepKind.CrashAfterCommit);
                Crash(step);
                break;
        }
    }

    private void Connect(ulong leftHas, ulong rightHas)
    {
        _toRight = new SimulatedLink { Delay = _toRight.Delay };
        _toLeft = new SimulatedLink { Delay = _toLeft.Delay };
        _left.Process.Attach(_toRight, rightHas);
        _right.Process.Attach(_toLeft, leftHas);
    }

    private void Reconnect() => Connect(_left.Process.Leave(), _right.Process.Leave());

    // Some frames that are under way arrive; then one side notices, and the other with it or later.
    private void Cut(CrashStep step)
    {
        CrashStation first = step.IsLeft ? _left : _right;
        ArriveSome(step.IsLeft ? _toLeft : _toRight, first, step.Number % 4);
        (_toLeft.IsStalled, _toRight.IsStalled) = (true, true);
        first.Process.Lose();
        if (step.Number % 3 == 0)
        {
            (step.IsLeft ? _right : _left).Process.Lose();
        }
    }

    // What the dead process has written may still arrive; what was written to it is gone.
    private void Crash(CrashStep step)
    {
        (CrashStation dead, CrashStation peer) = step.IsLeft ? (_left, _right) : (_right, _left);
        (ulong received, ulong arrived) = (dead.Process.ReceivedEverId, dead.Process.ArrivedId);
        ArriveSome(step.IsLeft ? _toRight : _toLeft, peer, step.Number % 4);
        (_toLeft.IsStalled, _toRight.IsStalled) = (true, true);
        if (step.Number % 2 == 0)
        {
            peer.Process.Lose();
        }

        if (!dead.TryRestart())
        {
            _isLost = true;
            peer.BeLost(dead, received, arrived);
        }
    }

    private void ArriveSome(SimulatedLink link, CrashStation to, int count)
    {
        for (; count > 0 && !link.IsStalled && !link.IsEmpty; count--)
        {
            to.Process.Receive(link.Take()!.Value);
            Drain();
        }
    }

    private void Pass(TimeSpan time) => VirtualTime.Pass(
        ref _now,
        time,
        () => VirtualTime.Earliest(_toRight.NextAt, _toLeft.NextAt, _left.Process.Core.NextTimer, _right.Process.Core.NextTimer),
        () =>
        {
            Arrive(_toRight, _right);
            Arrive(_toLeft, _left);
            Tick(_left);
            Tick(_right);
            Drain();
        });

    private void Arrive(SimulatedLink link, CrashStation station)
    {
        while (link.NextAt <= _now)
        {
            station.Process.Receive(link.Take()!.Value);
        }
    }

    private void Tick(CrashStation station)
    {
        if (station.Process.Core.NextTimer <= _now)
        {
            station.Process.Core.OnTimer(_now);
        }
    }

    private void Drain()
    {
        foreach (CrashStation station in (CrashStation[])[_left, _right, _left])
        {
            station.Process.Drain();
        }

        CheckAcknowledged(_left, _right);
        CheckAcknowledged(_right, _left);
    }

    // Acknowledged = stored, where there is a state to store it in; else it is in the inbox.
    private static void CheckAcknowledged(CrashStation sender, CrashStation receiver)
    {
        ulong delivered = sender.Process.Core.Sending.DeliveredId;
        ulong safe = receiver.HasState ? receiver.SafeId : receiver.Process.ArrivedId;
        Assert.True(delivered <= safe, $"{delivered} messages count as delivered, {safe} are safe.");
    }

    private void Settle()
    {
        (_toLeft.Delay, _toRight.Delay) = (default, default);
        for (int i = 0; i < 400 && !(_left.IsSettled && _right.IsSettled); i++)
        {
            foreach (CrashStation station in (CrashStation[])[_left, _right])
            {
                station.CommitAll();
                station.Process.Take(100);
            }

            if (i % 10 == 0 && (_toLeft.IsStalled || _left.Process.Core.Phase == SessionPhase.Detached || _right.Process.Core.Phase == SessionPhase.Detached))
            {
                Reconnect();
            }

            Pass(TimeSpan.FromMilliseconds(5));
        }

        Assert.True(_left.IsSettled && _right.IsSettled, $"Nothing moves any more: {Describe(_left)}; {Describe(_right)}; at {_now}");
        _left.Outgoing.CheckAllGiven();
        _right.Outgoing.CheckAllGiven();
        _left.CheckEmpty();
        _right.CheckEmpty();
    }

    private static string Describe(CrashStation station) =>
        $"{station.Process.Core.Phase}, {station.Process.Core.Sending.DeliveredId} of {station.Outgoing.LastId} delivered, {station.Outgoing.AcceptedId} accepted, {station.Process.Waiting} unread";
}
