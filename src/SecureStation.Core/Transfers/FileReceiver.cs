using System.Threading.Channels;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;

namespace SecureStation.Core.Transfers;

/// <summary>
/// Takes the files that a session's peer sends, into one folder, from its making until it is disposed of. Files come in the background, several at once;
/// <see cref="ReceiveAsync"/> gives each when it is there, or has failed.
/// </summary>
public sealed class FileReceiver : IAsyncDisposable
{
    // Files that are there and that nobody has asked for. Then those that come wait with their last message.
    private const int MaxUnasked = 256;

    private readonly FileService _service;
    private readonly Channel<StationTransfer>? _ended;
    private readonly Action<StationTransfer>? _started;

    /// <summary>Takes files from now on.</summary>
    /// <param name="session">A session of the station protocol.</param>
    /// <param name="options">Where to and how much.</param>
    /// <param name="started">Told of each file that comes, from whatever thread; it must not block.</param>
    /// <exception cref="StationException">
    /// <see cref="StationFault.InvalidArgument"/>: a session of another protocol; <see cref="StationFault.NotFound"/>: no such folder;
    /// <see cref="StationFault.InvalidState"/>: somebody takes this session's files already.
    /// </exception>
    public FileReceiver(StationSession session, FileReceiverOptions options, Action<StationTransfer>? started = null)
        : this(session, options, new TransferQuota(Require(options).MaxBytes, options.MaxFiles), started, isAsked: true)
    {
    }

    /// <param name="session">The session.</param>
    /// <param name="options">Where to and how much.</param>
    /// <param name="quota">What the peer may still send, in this session and in others.</param>
    /// <param name="started">Told of each file that comes.</param>
    /// <param name="isAsked">Whether somebody asks for each file; else nobody waits for that.</param>
    internal FileReceiver(StationSession session, FileReceiverOptions options, TransferQuota quota, Action<StationTransfer>? started, bool isAsked)
    {
        Options = options;
        Quota = quota;
        Folder = new DestinationFolder(options.Folder);
        _started = started;
        _ended = isAsked ? Channel.CreateBounded<StationTransfer>(MaxUnasked) : null;
        RequireFolder(Folder.Root);
        _service = FileService.Of(session as SecureSession
            ?? throw new StationException(StationFault.InvalidArgument, $"A session of the protocol {session?.Protocol} has no services, so no files come by it."));
        _service.Attach(this);
        if (session.EndReason is not null)
        {
            Finish(session.CreateEndException());
        }
    }

    internal FileReceiverOptions Options { get; }

    internal DestinationFolder Folder { get; }

    internal TransferQuota Quota { get; }

    /// <summary>Waits until a file is there, or has failed.</summary>
    /// <exception cref="StationException">The session has ended, and all that came before was asked for.</exception>
    public async Task<StationTransfer> ReceiveAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return await (_ended ?? throw new InvalidOperationException("Nobody asks this receiver.")).Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException e)
        {
            throw e.InnerException as StationException ?? new StationException(StationFault.InvalidState, "Files are taken no longer.", e);
        }
    }

    /// <summary>Takes no more files, and ends what is on its way; that can be gone on with.</summary>
    public async ValueTask DisposeAsync()
    {
        _ended?.Writer.TryComplete();
        await _service.DetachAsync(this).ConfigureAwait(false);
    }

    internal void Started(StationTransfer transfer) => _started?.Invoke(transfer);

    internal async Task EndedAsync(StationTransfer transfer)
    {
        if (_ended is not null)
        {
            try
            {
                await _ended.Writer.WriteAsync(transfer).ConfigureAwait(false);
            }
            catch (ChannelClosedException)
            {
                // Nobody asks any more.
            }
        }
    }

    /// <summary>The session has ended: whoever asks learns it.</summary>
    internal void Finish(StationException end) => _ended?.Writer.TryComplete(end);

    /// <exception cref="StationException"><see cref="StationFault.NotFound"/></exception>
    internal static void RequireFolder(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new StationException(StationFault.NotFound, $"There is no folder '{folder}'.") { Subject = StationSubject.Folder };
        }
    }

    private static FileReceiverOptions Require(FileReceiverOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options;
    }
}
