using System.Threading.Channels;

namespace SecureStation.Core.Mailboxes;

/// <summary>Where a consumer's letters come from: asked for one by one, or fetched ahead while a script works. What was fetched and not begun is given back.</summary>
internal sealed class LeaseSource(IStationMailbox mailbox, string box, MailState state, int prefetch, LeaseKeeper keeper) : IAsyncDisposable
{
    private readonly Channel<MailLease> _ahead = Channel.CreateUnbounded<MailLease>();
    private readonly SemaphoreSlim _room = new(prefetch, Math.Max(1, prefetch));
    private readonly CancellationTokenSource _end = new();
    private Task? _fetching;

    /// <summary>The next letter; null where none came in the time.</summary>
    /// <param name="isMoreWanted">Whether the caller will want another: then it is fetched meanwhile.</param>
    /// <param name="wait">How long to wait.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<MailLease?> NextAsync(bool isMoreWanted, TimeSpan wait, CancellationToken cancellationToken)
    {
        if (_fetching is null && (!isMoreWanted || prefetch == 0))
        {
            MailLease? taken = await mailbox.TakeAsync(box, state, wait, cancellationToken).ConfigureAwait(false);
            if (taken is not null)
            {
                keeper.Keep(taken);
            }

            return taken;
        }

        _fetching ??= Task.Run(FetchAsync, CancellationToken.None);
        while (true)
        {
            MailLease? lease = await ReadAsync(wait, cancellationToken).ConfigureAwait(false);
            if (lease is null)
            {
                return null;
            }

            _room.Release();

            // One that was lost while it waited here is another's by now.
            if (lease.IsHeld)
            {
                return lease;
            }

            keeper.Leave(lease);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        if (_fetching is not null)
        {
            await _fetching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        while (_ahead.Reader.TryRead(out MailLease? unread))
        {
            keeper.Leave(unread);
            await GiveBackAsync(unread).ConfigureAwait(false);
        }

        _end.Dispose();
        _room.Dispose();
    }

    private async Task<MailLease?> ReadAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        if (_ahead.Reader.TryRead(out MailLease? ready))
        {
            return ready;
        }

        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(wait);
        try
        {
            return await _ahead.Reader.ReadAsync(bound.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        catch (ChannelClosedException e) when (e.InnerException is StationException failure)
        {
            throw new StationException(failure.Fault, failure.Message, failure) { Address = failure.Address };
        }
    }

    private async Task FetchAsync()
    {
        try
        {
            while (true)
            {
                await _room.WaitAsync(_end.Token).ConfigureAwait(false);
                if (await mailbox.TakeAsync(box, state, Timeout.InfiniteTimeSpan, _end.Token).ConfigureAwait(false) is { } lease)
                {
                    keeper.Keep(lease);
                    _ahead.Writer.TryWrite(lease);
                }
                else
                {
                    _room.Release();
                }
            }
        }
        catch (OperationCanceledException)
        {
            _ahead.Writer.TryComplete();
        }
        catch (StationException e)
        {
            _ahead.Writer.TryComplete(e);
        }
    }

    /// <summary>Gives a letter back as it was, within some seconds or not at all.</summary>
    public static async Task GiveBackAsync(MailLease lease)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            await lease.ReleaseAsync(bound.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is StationException or OperationCanceledException)
        {
            // Then it comes again when its time is over.
        }
    }
}
