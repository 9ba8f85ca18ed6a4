using System.Collections.Concurrent;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;
using SecureStation.Core.Storage;

namespace SecureStation.Core.Transfers;

/// <summary>
/// Sends files and folders over a session. The same file sent again after a cut goes on where it was, as long as it is the same: its name, length and time.
/// </summary>
public sealed class FileSender
{
    private readonly FileService _service;
    private readonly FileSenderOptions _options;
    private readonly StationTransfer _transfer;
    private StationException? _endOfAll;

    private FileSender(FileService service, FileSenderOptions options, StationTransfer transfer)
    {
        _service = service;
        _options = options;
        _transfer = transfer;
    }

    /// <summary>Begins to send a file, or a folder with all that is in it, in the background.</summary>
    /// <param name="session">A session of the station protocol.</param>
    /// <param name="path">The file or folder. The peer sees its last part as its name.</param>
    /// <param name="options">How.</param>
    /// <exception cref="StationException">
    /// <see cref="StationFault.InvalidArgument"/>: a session of another protocol; <see cref="StationFault.NotFound"/>: there is nothing of that name.
    /// Whatever fails later is the transfer's <see cref="StationTransfer.Error"/>.
    /// </exception>
    public static StationTransfer Start(StationSession session, string path, FileSenderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        SecureSession secure = session as SecureSession
            ?? throw new StationException(StationFault.InvalidArgument, $"A session of the protocol {session?.Protocol} has no services, so no files go by it.");
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        bool isFolder = Directory.Exists(full);
        if (!isFolder && !File.Exists(full))
        {
            throw new StationException(StationFault.NotFound, $"There is no file or folder '{path}'.") { Subject = StationSubject.File };
        }

        var transfer = new StationTransfer(session, TransferDirection.Send, NameOf(full), full, isFolder);
        var sender = new FileSender(FileService.Of(secure), options ?? new FileSenderOptions(), transfer);
        TransferAudit.Began(transfer);
        _ = Task.Run(() => sender.RunAsync(full));
        return transfer;
    }

    // A root has no name: what is in it goes by itself.
    private static string NameOf(string full) => Path.GetFileName(full) is { Length: > 0 } name ? name : full;

    private async Task RunAsync(string path)
    {
        StationException? failure = null;
        try
        {
            string name = Path.GetFileName(path);
            if (_transfer.IsFolder)
            {
                await SendFolderAsync(path, name.Length == 0 ? [] : [name]).ConfigureAwait(false);
            }
            else
            {
                await SendFileAsync(path, [name], isFolder: false).ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            failure = AsFailure(e, path);
        }

        _transfer.End(failure);
    }

    /// <summary>Several files at once, as many as there are places; the folder is read as they get theirs, and no further ahead.</summary>
    private async Task SendFolderAsync(string path, IReadOnlyList<string> name)
    {
        var underWay = new ConcurrentDictionary<Task, bool>();
        using IEnumerator<(string Path, IReadOnlyList<string> Parts, bool IsFolder)> items =
            FolderWalk.Walk(path, name, Fail, link => _options.PassedOver?.Invoke(link)).GetEnumerator();
        try
        {
            while (await NextAsync(items).ConfigureAwait(false))
            {
                (string Path, IReadOnlyList<string> Parts, bool IsFolder) item = items.Current;
                await _service.Places.WaitAsync(_transfer.StopToken).ConfigureAwait(false);
                Task sending = SendOneOfManyAsync(item.Path, item.Parts, item.IsFolder);
                underWay[sending] = true;
                _ = sending.ContinueWith(done => underWay.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }
        }
        finally
        {
            await Task.WhenAll(underWay.Keys).ConfigureAwait(false);
        }

        ThrowIfOver();
    }

    // Reading a folder waits for its disk.
    private async Task<bool> NextAsync(IEnumerator<(string Path, IReadOnlyList<string> Parts, bool IsFolder)> items)
    {
        ThrowIfOver();
        bool hasNext = false;
        await _service.Disk.RunAsync(() =>
        {
            hasNext = items.MoveNext();
            return Task.CompletedTask;
        }).ConfigureAwait(false);
        return hasNext;
    }

    private void ThrowIfOver()
    {
        _transfer.StopToken.ThrowIfCancellationRequested();
        if (Volatile.Read(ref _endOfAll) is { } end)
        {
            throw end;
        }

        if (_service.Session.EndReason is not null)
        {
            throw _service.Session.CreateEndException();
        }
    }

    // It has its place already.
    private async Task SendOneOfManyAsync(string path, IReadOnlyList<string> parts, bool isFolder)
    {
        try
        {
            await SendInPlaceAsync(path, parts, isFolder).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // What ends all of it is said once, by the folder.
            StationException failure = AsFailure(e, path);
            if (failure.Fault is StationFault.UnknownService or StationFault.NotAllowed)
            {
                Interlocked.CompareExchange(ref _endOfAll, failure, null);
            }
            else if (!_transfer.StopToken.IsCancellationRequested && _service.Session.EndReason is null)
            {
                Fail(path, failure);
            }
        }
        finally
        {
            _service.Places.Release();
        }
    }

    private async Task SendFileAsync(string path, IReadOnlyList<string> parts, bool isFolder)
    {
        await _service.Places.WaitAsync(_transfer.StopToken).ConfigureAwait(false);
        try
        {
            await SendInPlaceAsync(path, parts, isFolder).ConfigureAwait(false);
        }
        finally
        {
            _service.Places.Release();
        }
    }

    private async Task SendInPlaceAsync(string path, IReadOnlyList<string> parts, bool isFolder)
    {
        if (isFolder)
        {
            await OfferAsync(null, new TransferOffer(TransferId.Create(), parts, 0) { IsFolder = true }).ConfigureAwait(false);
            return;
        }

        SourceFile? source = null;
        await _service.Disk.RunAsync(() =>
        {
            source = new SourceFile(path);
            return Task.CompletedTask;
        }).ConfigureAwait(false);
        using (source)
        {
            _transfer.AddLength(source!.Length);
            await OfferAsync(source, source.CreateOffer(parts)).ConfigureAwait(false);
            _transfer.AddFile();
        }
    }

    private async Task OfferAsync(SourceFile? source, TransferOffer offer)
    {
        using var file = new OutgoingFile(_service, source, offer, _transfer, _options.Silence);
        await file.SendAsync().ConfigureAwait(false);
    }

    private void Fail(string path, StationException failure)
    {
        _transfer.AddFailure(failure);
        _options.Failed?.Invoke(path, failure);
    }

    private StationException AsFailure(Exception e, string path) => e switch
    {
        StationException station => station,
        OperationCanceledException when _transfer.StopToken.IsCancellationRequested =>
            new StationException(StationFault.TransferCanceled, "The transfer was stopped. What went can be gone on with: send it again.", e),
        _ => StorageErrors.Failed(path, e),
    };
}
