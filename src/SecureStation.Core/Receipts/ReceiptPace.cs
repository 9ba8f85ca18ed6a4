namespace SecureStation.Core.Receipts;

/// <summary>
/// When a peer's next receipt may be signed: ten a second, over all its sessions, ten of them at once. The generic cell rate algorithm: each peer has a time that
/// moves on by a tenth of a second for each.
/// </summary>
internal sealed class ReceiptPace
{
    private const int Burst = 10;
    private const int MaxPeers = 4096;

    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, TimeSpan> _next = [];

    /// <summary>Takes a peer's next turn; returns when that is.</summary>
    public TimeSpan Take(string peer, TimeSpan now)
    {
        lock (_gate)
        {
            if (_next.Count >= MaxPeers)
            {
                // Those whose time has come have nothing to wait for.
                foreach (string idle in _next.Where(one => one.Value <= now).Select(static one => one.Key).ToArray())
                {
                    _next.Remove(idle);
                }
            }

            TimeSpan mine = _next.GetValueOrDefault(peer, now);
            mine = (mine < now ? now : mine) + s_step;
            _next[peer] = mine;
            TimeSpan turn = mine - (Burst * s_step);
            return turn < now ? now : turn;
        }
    }
}
