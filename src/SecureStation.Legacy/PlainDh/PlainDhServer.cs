using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Threading.Channels;
using SecureStation.Core;
using SecureStation.Core.DiffieHellman;
using SecureStation.Core.Listening;
using SecureStation.Core.Transport;

namespace SecureStation.Legacy.PlainDh;

/// <summary>The old program's server, for many clients at once. Whatever a client does is its own connection's affair.</summary>
internal sealed class PlainDhServer : DhServer
{
    private const int RememberedFailures = 32;
    private static readonly TimeSpan s_closePatience = TimeSpan.FromSeconds(1);

    private readonly DhServerOptions _options;
    private readonly ConnectionServer _server;
    private readonly SemaphoreSlim _workPermits = new(2 * Environment.ProcessorCount);
    private readonly Channel<DhSharedSecret> _secrets;
    private readonly Queue<DhServerFailure> _failures = new();
    private long _completed;
    private long _failed;
    private long _dropped;
    private int _isStopped;

    private PlainDhServer(DhServerOptions options)
    {
        _options = options;
        _secrets = Channel.CreateBounded<DhSharedSecret>(
            new BoundedChannelOptions(options.QueueLength) { FullMode = BoundedChannelFullMode.DropOldest },
            Drop);
        _server = ConnectionServer.Start(options.Address, options.Port, options.MaxConnections, ServeAsync);
    }

    public override IReadOnlyList<IPEndPoint> EndPoints => _server.EndPoints;

    public override DhParameter Parameter => _options.Parameter;

    public override bool IsListening => Volatile.Read(ref _isStopped) == 0;

    public override long ExchangesCompleted => Interlocked.Read(ref _completed);

    public override long ExchangesFailed => Interlocked.Read(ref _failed);

    public override long SecretsDropped => Interlocked.Read(ref _dropped);

    public override int QueueCount => _secrets.Reader.Count;

    public override IReadOnlyList<DhServerFailure> RecentFailures
    {
        get
        {
            lock (_failures)
            {
                return _failures.ToArray();
            }
        }
    }

    internal static PlainDhServer Start(DhServerOptions options, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxConnections, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.QueueLength, 1);
        options.Parameter.EnsureAcceptable(options.Policy, cancellationToken);
        return new PlainDhServer(options);
    }

    public override async Task<DhSharedSecret> ReceiveAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return await _secrets.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException e)
        {
            throw new StationException(StationFault.SessionClosed, "The Diffie-Hellman server was stopped.", e);
        }
    }

    public override bool TryReceive([NotNullWhen(true)] out DhSharedSecret? secret) => _secrets.Reader.TryRead(out secret);

    public override async Task StopAsync()
    {
        if (Interlocked.Exchange(ref _isStopped, 1) != 0)
        {
            return;
        }

        await _server.DisposeAsync().ConfigureAwait(false);
        _secrets.Writer.TryComplete();
    }

    private async Task ServeAsync(ITransport transport, CancellationToken stop)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
        deadline.CancelAfter(_options.ExchangeTimeout);
        var connection = new PlainDhConnection(transport);
        try
        {
            DhSharedSecret secret = await PlainDhResponder.ExchangeAsync(connection, _options, _workPermits, deadline.Token).ConfigureAwait(false);
            secret.RemoteAddress = transport.RemoteAddress;
            Interlocked.Increment(ref _completed);
            if (!_secrets.Writer.TryWrite(secret))
            {
                Drop(secret);
            }
        }
        catch (OperationCanceledException)
        {
            Report(transport, new StationException(StationFault.Timeout, "The client did not complete the exchange in time."));
        }
        catch (StationException e)
        {
            Report(transport, e);
        }
        catch (Exception e)
        {
            Report(transport, new StationException(StationFault.ProtocolError, $"The exchange failed: {e.Message}", e));
        }
        finally
        {
            await connection.CloseAsync(s_closePatience).ConfigureAwait(false);
        }
    }

    private void Drop(DhSharedSecret secret)
    {
        Interlocked.Increment(ref _dropped);
        secret.Dispose();
    }

    private void Report(ITransport transport, StationException error)
    {
        Interlocked.Increment(ref _failed);
        lock (_failures)
        {
            if (_failures.Count == RememberedFailures)
            {
                _failures.Dequeue();
            }

            _failures.Enqueue(new DhServerFailure(transport.RemoteAddress, DateTimeOffset.UtcNow, error));
        }
    }
}
