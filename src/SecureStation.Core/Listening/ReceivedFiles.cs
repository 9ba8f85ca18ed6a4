using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using SecureStation.Core.Keys;
using SecureStation.Core.Sessions.Secure;
using SecureStation.Core.Storage;
using SecureStation.Core.Transfers;

namespace SecureStation.Core.Listening;

/// <summary>Has a listener take the files that its peers send, each peer within what it may, in all its sessions together.</summary>
internal sealed class ReceivedFiles
{
    private readonly FileReceiverOptions _options;
    private readonly ConcurrentDictionary<Fingerprint, TransferQuota> _quotas = new();
    private readonly TransferList _transfers = new();

    /// <exception cref="StationException"><see cref="StationFault.NotFound"/>: there is no such folder.</exception>
    public ReceivedFiles(FileReceiverOptions options)
    {
        _options = options;
        FileReceiver.RequireFolder(options.Folder);
    }

    /// <summary>Those on their way, and the last that have ended.</summary>
    public IReadOnlyList<StationTransfer> Transfers => _transfers.All;

    /// <summary>Takes the files of a session, as long as it lives.</summary>
    [SuppressMessage("Reliability", "CA2000", Justification = "It ends with the session.")]
    public void Take(SecureSession session)
    {
        try
        {
            TransferQuota quota = _quotas.GetOrAdd(session.RemotePublicKey!.Fingerprint, _ => new TransferQuota(_options.MaxBytes, _options.MaxFiles));
            _ = new FileReceiver(session, _options, quota, _transfers.Add, isAsked: false);
        }
        catch (Exception e) when (e is StationException || StorageErrors.IsStorageError(e))
        {
            // The folder is gone: what is offered is answered with UnknownService. The session goes on.
        }
    }
}
