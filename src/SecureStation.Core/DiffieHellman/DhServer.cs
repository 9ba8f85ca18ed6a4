using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace SecureStation.Core.DiffieHellman;

/// <summary>A running Diffie-Hellman server: one exchange a connection, many clients at once. Thread-safe.</summary>
public abstract class DhServer : IAsyncDisposable
{
    /// <summary>A short name, unique in this process.</summary>
    public string Id { get; } = Guid.NewGuid().ToString("n")[..8];

    /// <summary>The addresses it listens on.</summary>
    public abstract IReadOnlyList<IPEndPoint> EndPoints { get; }

    /// <summary>The port.</summary>
    public int Port => EndPoints[0].Port;

    /// <summary>The group that it offers.</summary>
    public abstract DhParameter Parameter { get; }

    /// <summary>Whether it still accepts clients.</summary>
    public abstract bool IsListening { get; }

    /// <summary>When it started.</summary>
    public DateTimeOffset StartedAt { get; } = DateTimeOffset.UtcNow;

    /// <summary>Exchanges that came to a secret.</summary>
    public abstract long ExchangesCompleted { get; }

    /// <summary>Connections that did not.</summary>
    public abstract long ExchangesFailed { get; }

    /// <summary>Secrets that nobody received before the queue was full.</summary>
    public abstract long SecretsDropped { get; }

    /// <summary>Secrets that wait to be received.</summary>
    public abstract int QueueCount { get; }

    /// <summary>The latest failures, oldest first; 32 at most.</summary>
    public abstract IReadOnlyList<DhServerFailure> RecentFailures { get; }

    /// <summary>Takes the secret of the next exchange, waiting for it; who made it is in <see cref="DhSharedSecret.RemoteAddress"/>.</summary>
    /// <exception cref="StationException"><see cref="StationFault.SessionClosed"/>: the server was stopped and nothing is left.</exception>
    public abstract Task<DhSharedSecret> ReceiveAsync(CancellationToken cancellationToken = default);

    /// <summary>Takes the secret of the next exchange if there is one.</summary>
    public abstract bool TryReceive([NotNullWhen(true)] out DhSharedSecret? secret);

    /// <summary>Stops accepting and drops the clients that are there. Secrets that wait can still be received.</summary>
    public abstract Task StopAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }
}
