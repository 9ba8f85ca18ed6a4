using SecureStation.Core.Sessions.Secure;

namespace SecureStation.Core.Tests.Sessions.Secure.Simulation;

/// <summary>Two stations and the connections between them, in virtual time.</summary>
internal sealed class SimulatedPair
{
    private readonly bool _isResumable;
    private readonly StationLimits _limits;
    private readonly SimulatedStation _left;
    private readonly SimulatedStation _right;
    private SimulatedLink _toRight = new();
    private SimulatedLink _toLeft = new();
    private TimeSpan _now;

    public SimulatedPair(SimulationSetup setup)
    {
        _isResumable = setup.IsResumable;
        _limits = new StationLimits { Window = setup.Window, OutboxBytes = setup.OutboxBytes, OutboxMessages = 20, RekeyAfterMessages = setup.RekeyAfter };
        _left = new SimulatedStation("left", _limits, setup.IsLeftDurable);
        _right = new SimulatedStation("right", _limits, setup.IsRightDurable) { Peer = _left };
        _left.Peer = _right;
        Connect(0, 0);
        Drain();
    }

    /// <summary>Plays the steps, lets things settle, and checks how they ended.</summary>
    public static void Run(SimulationSetup setup, SimulationStep[] steps)
    {
        var pair = new SimulatedPair(setup);
        foreach (SimulationStep step in steps)
        {
            pair.Play(step);
            pair.Drain();
        }

        pair.Settle();
    }

    private void Play(SimulationStep step)
    {
        SimulatedStation station = step.IsLeft ? _left : _right;
        SimulatedLink link = step.IsLeft ? _toRight : _toLeft;
        switch (step.Kind)
        {
            case SimulationStepKind.Send:
                station.Send(step.Number);
                break;
            case SimulationStepKind.SendLong:
                station.Send(600 * step.Number);
                break;
            case SimulationStepKind.Take:
                station.Take(1 + (step.Number % 5), _now);
                break;
            case SimulationStepKind.Wait:
                Pass(TimeSpan.FromMilliseconds(step.Number / 20.0));
                break;
            case SimulationStepKind.WaitLong:
                Pass(TimeSpan.FromSeconds(step.Number / 10.0));
                break;
            case SimulationStepKind.Delay:
                link.Delay = TimeSpan.FromMilliseconds(step.Number / 10.0);
                break;
            case SimulationStepKind.Commit:
                station.Commit(_now);
                break;
            case SimulationStepKind.Ask:
                station.Ask();
                break;
            case SimulationStepKind.Rekey:
                station.Core.RequestRekey(askPeer: true);
                break;
            case SimulationStepKind.Cut:
                Cut(step);
                break;
            case SimulationStepKind.Stall:
                link.IsStalled = true;
                break;
            case SimulationStepKind.Reconnect when CanReconnect:
                Reconnect();
                break;
            case SimulationStepKind.Close or SimulationStepKind.CloseNow:
                station.Core.Close(StationReason.Closed, step.Kind == SimulationStepKind.CloseNow, _now);
                break;
            case SimulationStepKind.Abort:
                station.Core.Abort(new StationException(StationFault.SessionClosed, "aborted"));
                break;
        }
    }

    private void Connect(ulong leftHas, ulong rightHas)
    {
        _toRight = new SimulatedLink { Delay = _toRight.Delay };
        _toLeft = new SimulatedLink { Delay = _toLeft.Delay };
        _left.Attach(_toRight, (uint)_limits.Window, rightHas, _isResumable, _now);
        _right.Attach(_toLeft, (uint)_limits.Window, leftHas, _isResumable, _now);
    }

    private void Reconnect() => Connect(_left.Leave(_now), _right.Leave(_now));

    // Some frames that are under way arrive; then one side notices, and the other with it or later.
    private void Cut(SimulationStep step)
    {
        SimulatedStation first = step.IsLeft ? _left : _right;
        SimulatedLink toFirst = step.IsLeft ? _toLeft : _toRight;
        for (int i = step.Number % 4; i > 0 && !toFirst.IsEmpty; i--)
        {
            first.Receive(toFirst.Take(), _now);
            Drain();
        }

        (_toLeft.IsStalled, _toRight.IsStalled) = (true, true);
        first.Lose(step.Number % 2 == 0 ? new IOException("cut") : null, _now);
    }

    private void Pass(TimeSpan time) => VirtualTime.Pass(
        ref _now,
        time,
        () => VirtualTime.Earliest(_toRight.NextAt, _toLeft.NextAt, _left.Core.NextTimer, _right.Core.NextTimer),
        () =>
        {
            Arrive(_toRight, _right);
            Arrive(_toLeft, _left);
            Tick(_left);
            Tick(_right);
            Drain();
        });

    private void Arrive(SimulatedLink link, SimulatedStation station)
    {
        while (link.NextAt <= _now)
        {
            station.Receive(link.Take(), _now);
        }
    }

    private void Tick(SimulatedStation station)
    {
        if (station.Core.NextTimer <= _now)
        {
            station.Core.OnTimer(_now);
        }
    }

    private void Drain()
    {
        _left.Drain(_now);
        _right.Drain(_now);
        _left.Drain(_now);
    }

    private void Settle()
    {
        (_toLeft.Delay, _toRight.Delay) = (default, default);
        for (int i = 0; i < 400 && !IsSettled; i++)
        {
            foreach (SimulatedStation station in (SimulatedStation[])[_left, _right])
            {
                station.Commit(_now);
                station.Take(100, _now);
            }

            if (CanReconnect && i % 10 == 0 && (_left.Core.Phase == SessionPhase.Detached || _right.Core.Phase == SessionPhase.Detached || _toLeft.IsStalled || _toRight.IsStalled))
            {
                Reconnect();
            }

            Pass(TimeSpan.FromMilliseconds(i < 100 ? 5 : CanReconnect ? 50 : 1000));
        }

        Check(_left);
        Check(_right);
    }

    private bool CanReconnect => _isResumable && _left.Core.End is null && _right.Core.End is null;

    private bool IsSettled => IsOver(_left) && IsOver(_right);

    private static bool IsOver(SimulatedStation station) => station.Core.End is not null || station.Peer.Core.End is not null
        ? station.Core.Phase is SessionPhase.Ended or SessionPhase.Detached
        : station.Core.Sending.DeliveredId == (ulong)station.Accepted.Count && !station.Core.IsClosing;

    private void Check(SimulatedStation station)
    {
        SessionCore core = station.Core;
        Assert.True(IsOver(station), $"{core.Phase}, {core.Sending.DeliveredId} of {station.Accepted.Count} delivered, {station.Peer.Arrived} arrived, the peer {station.Peer.Core.Phase}, at {_now}");
        if (core.End is null && station.Peer.Core.End is null)
        {
            Assert.Equal(station.Accepted.Count, station.Peer.Arrived);
            Assert.False(core.TryPlan(new OutgoingBatch(), _now));
        }
        else if (station.IsPeerClosed && core.End is not null)
        {
            // Both ends agree on what was delivered: the peer's Close named it.
            Assert.Equal((ulong)station.Peer.Arrived, core.Sending.DeliveredId);
        }
    }
}
