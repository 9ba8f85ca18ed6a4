using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace SecureStation.Core.DiffieHellman;

/// <summary>A running Diffie-Hellman server: one exchange a connection, many clients at once. Thread-safe.</summary>
public interface IDhServer : IAsyncDisposable
{
    /// <summary>A short name, unique in this process.</summary>
    string Id { get; }

    /// <summary>The addresses it listens on.</summary>
    IReadOnlyList<IPEndPoint> EndPoints { get; }

    /// <summary>The port.</summary>
    int Port { get; }

    /// <summary>The group that it offers.</summary>
    DhParameter Parameter { get; }

    /// <summary>Whether it still accepts clients.</summary>
    bool IsListening { get; }

    /// <summary>When it started.</summary>
    DateTimeOffset StartedAt { get; }

    /// <summary>Exchanges that came to a secret.</summary>
    long ExchangesCompleted { get; }

    /// <summary>Connections that did not.</summary>
    long ExchangesFailed { get; }

    /// <summary>Secrets that nobody received before the queue was full.</summary>
    long SecretsDropped { get; }

    /// <summary>Secrets that wait to be received.</summary>
    int QueueCount { get; }

    /// <summary>The latest failures, oldest first; 32 at most.</summary>
    IReadOnlyList<DhServerFailure> RecentFailures { get; }

    /// <summary>Takes the secret of the next exchange, waiting for it; who made it is in <see cref="DhSharedSecret.RemoteAddress"/>.</summary>
    /// <exception cref="StationException"><see cref="StationFault.SessionClosed"/>: the server was stopped and nothing is left.</exception>
    Task<DhSharedSecret> ReceiveAsync(CancellationToken cancellationToken = default);

    /// <summary>Takes the secret of the next exchange if there is one.</summary>
    bool TryReceive([NotNullWhen(true)] out DhSharedSecret? secret);

    /// <summary>Stops accepting and drops the clients that are there. Secrets that wait can still be received.</summary>
    Task StopAsync();
}
