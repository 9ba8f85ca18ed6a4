namespace SecureStation.Core.Notary.Legacy;

/// <summary>The old notary's second client, listening.</summary>
public interface ILegacyDocumentReceiver : IAsyncDisposable
{
    /// <summary>The port.</summary>
    int Port { get; }

    /// <summary>Waits for a document that was verified and answered.</summary>
    /// <exception cref="StationException"><see cref="StationFault.SessionClosed"/>: the receiver was stopped.</exception>
    Task<LegacyDocument> ReceiveAsync(CancellationToken cancellationToken = default);
}
