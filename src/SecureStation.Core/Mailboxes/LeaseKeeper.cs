using System.Collections.Concurrent;

namespace SecureStation.Core.Mailboxes;

/// <summary>Renews leases while scripts work: each after a third of its time, and again soon where the mailbox did not answer.</summary>
internal sealed class LeaseKeeper : IAsyncDisposable
{
    private readonly ConcurrentDictionary<MailLease, (CancellationTokenSource Stop, Task Keeping)> _kept = new();

    /// <summary>Begins to renew.</summary>
    public void Keep(MailLease lease)
    {
        var stop = new CancellationTokenSource();
        _kept[lease] = (stop, KeepAsync(lease, stop.Token));
    }

    /// <summary>Stops to renew; a lease that nobody keeps runs out.</summary>
    public void Leave(MailLease lease)
    {
        if (_kept.TryRemove(lease, out (CancellationTokenSource Stop, Task Keeping) kept))
        {
            kept.Stop.Cancel();
        }
    }

    /// <summary>Goes on for some time with what there is, and then stops: for messages that a script still holds.</summary>
    public void StopAfter(TimeSpan time)
    {
        foreach ((CancellationTokenSource stop, _) in _kept.Values)
        {
            stop.CancelAfter(time);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (MailLease lease in _kept.Keys)
        {
            if (_kept.TryRemove(lease, out (CancellationTokenSource Stop, Task Keeping) kept))
            {
                await kept.Stop.CancelAsync().ConfigureAwait(false);
                await kept.Keeping.ConfigureAwait(false);
            }
        }
    }

    private async Task KeepAsync(MailLease lease, CancellationToken stop)
    {
        TimeSpan pause = lease.Duration / 3;
        try
        {
            while (lease.IsHeld)
            {
                await Task.Delay(pause, lease.Time, stop).ConfigureAwait(false);
                try
                {
                    await lease.RenewAsync(stop).ConfigureAwait(false);
                    pause = lease.Duration / 3;
                }
                catch (StationException e) when (e.Fault != StationFault.LeaseLost)
                {
                    pause = lease.Duration / 30;
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or StationException)
        {
            // Whoever confirms hears that the lease is lost.
        }
        finally
        {
            _kept.TryRemove(lease, out _);
        }
    }
}
