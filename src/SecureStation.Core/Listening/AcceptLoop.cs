using SecureStation.Core.Interop;
using SecureStation.Core.Transport;

namespace SecureStation.Core.Listening;

/// <summary>Accepts connections wherever they come in, by acceptors that it owns, until it is stopped: for listeners, notaries and Diffie-Hellman servers.</summary>
internal sealed class AcceptLoop : IAsyncDisposable
{
    private static readonly TimeSpan s_rest = TimeSpan.FromMilliseconds(50);

    private readonly IReadOnlyList<IConnectionAcceptor> _acceptors;
    private readonly Action<ITransport> _accepted;
    private readonly Func<bool> _makeRoom;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task[] _loops;

    /// <summary>Begins to accept.</summary>
    /// <param name="acceptors">Where.</param>
    /// <param name="accepted">Takes each connection over, and returns at once.</param>
    /// <param name="makeRoom">Ends a connection that is worth less than a new one, where descriptors become few; false: there is none, and the new one goes.</param>
    public AcceptLoop(IReadOnlyList<IConnectionAcceptor> acceptors, Action<ITransport> accepted, Func<bool> makeRoom)
    {
        _acceptors = acceptors;
        _accepted = accepted;
        _makeRoom = makeRoom;
        _loops = [.. acceptors.Select(AcceptAsync)];
    }

    /// <summary>Accepts no more.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        foreach (IConnectionAcceptor acceptor in _acceptors)
        {
            await acceptor.DisposeAsync().ConfigureAwait(false);
        }

        await Task.WhenAll(_loops).ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task AcceptAsync(IConnectionAcceptor acceptor)
    {
        while (!_stop.IsCancellationRequested)
        {
            ITransport transport;
            try
            {
                transport = await acceptor.AcceptAsync(_stop.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
            {
                if (!_stop.IsCancellationRequested)
                {
                    // Out of descriptors: a short rest, and on.
                    await Task.Delay(s_rest).ConfigureAwait(false);
                }

                continue;
            }

            if (DescriptorReserve.IsReached && !_makeRoom())
            {
                transport.Abort();
                continue;
            }

            _accepted(transport);
        }
    }
}
