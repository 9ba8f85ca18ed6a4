namespace SecureStation.Core.Transport;

/// <summary>One place where connections come in: bound, listening, and to be disposed of by its owner.</summary>
internal interface IConnectionAcceptor : IAsyncDisposable
{
    /// <summary>Where it listens.</summary>
    StationAddress Address { get; }

    /// <summary>The next connection. One that has left while it was accepted is passed over.</summary>
    /// <exception cref="IOException">None could be accepted just now, as where the process has no descriptors left: ask again after a rest.</exception>
    /// <exception cref="ObjectDisposedException">It listens no more.</exception>
    ValueTask<ITransport> AcceptAsync(CancellationToken cancellationToken);
}
