namespace SecureStation.Core.Sessions.Secure;

/// <summary>
/// What the messages that the peer is not known to have taken cost it beside their bodies: a window counts bodies only, and a peer ends
/// the session of a sender that fills its memory with the rest (docs/protocol/station-1.md, section 7). An Ack says how many body bytes were
/// taken, so this is known to a step.
/// </summary>
internal sealed class UntakenCost
{
    /// <summary>At this much no message is begun: half of what a station holds.</summary>
    public const long Limit = 32 * 1024 * 1024;

    private const long Step = 64 * 1024;

    private readonly Queue<(long BodyBytes, long Cost)> _steps = new();
    private long _bodyBytes;
    private long _begun;
    private long _lastStep;
    private long _taken;

    public long Value => _begun - _taken;

    /// <summary>A message was begun.</summary>
    public void Add(int bodyLength, long cost)
    {
        _bodyBytes += bodyLength;
        _begun += cost;
        if (_begun - _lastStep >= Step)
        {
            _steps.Enqueue((_bodyBytes, _begun));
            _lastStep = _begun;
        }
    }

    /// <summary>Messages beyond these were not kept by the peer, and begin anew.</summary>
    public void GoBack(long bodyBytes, long cost)
    {
        for (int i = _steps.Count; i > 0; i--)
        {
            (long BodyBytes, long Cost) step = _steps.Dequeue();
            if (step.Cost <= cost)
            {
                _steps.Enqueue(step);
            }
        }

        (_bodyBytes, _begun) = (bodyBytes, cost);
        _lastStep = Math.Min(_lastStep, cost);
        _taken = Math.Min(_taken, cost);
    }

    /// <summary>The peer has taken so many body bytes since the session began.</summary>
    public void NoteTaken(long bodyBytes)
    {
        while (_steps.TryPeek(out (long BodyBytes, long Cost) step) && step.BodyBytes <= bodyBytes)
        {
            _taken = step.Cost;
            _steps.Dequeue();
        }

        if (bodyBytes == _bodyBytes)
        {
            _taken = _begun;
        }
    }
}
