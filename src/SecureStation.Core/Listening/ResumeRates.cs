using SecureStation.Core.Keys;

namespace SecureStation.Core.Listening;

/// <summary>How often each identity has resumed within the last second. Not thread-safe.</summary>
internal sealed class ResumeRates(int most)
{
    private static readonly TimeSpan s_span = TimeSpan.FromSeconds(1);

    private readonly Dictionary<Fingerprint, Queue<TimeSpan>> _passed = [];
    private readonly Queue<(Fingerprint Peer, TimeSpan At)> _inOrder = new();

    /// <summary>Whether this identity may resume now; it counts as one then.</summary>
    public bool TryPass(Fingerprint peer, TimeSpan now)
    {
        Forget(now);
        if (!_passed.TryGetValue(peer, out Queue<TimeSpan>? times))
        {
            _passed[peer] = times = new Queue<TimeSpan>();
        }

        if (times.Count >= most)
        {
            return false;
        }

        times.Enqueue(now);
        _inOrder.Enqueue((peer, now));
        return true;
    }

    private void Forget(TimeSpan now)
    {
        while (_inOrder.TryPeek(out (Fingerprint Peer, TimeSpan At) first) && now - first.At >= s_span)
        {
            _inOrder.Dequeue();
            Queue<TimeSpan> times = _passed[first.Peer];
            times.Dequeue();
            if (times.Count == 0)
            {
                _passed.Remove(first.Peer);
            }
        }
    }
}
