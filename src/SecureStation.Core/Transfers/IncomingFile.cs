using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using SecureStation.Core.Sessions;
using SecureStation.Core.Storage;

namespace SecureStation.Core.Transfers;

/// <summary>
/// One file on its way in: messages wait here for a thread of the disk, which does what <see cref="ReceivingTransfer"/> says. What may wait is bounded by
/// the credit that the sender was given.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A cancelled source without a timer holds nothing.")]
internal sealed partial class IncomingFile
{
    // An honest sender has no more under way: hashes as far ahead as it may, and data in messages that are not tiny.
    private const int MaxQueued = TransferAccept.MaxHashes + 1024;
    private const int MaxUnconfirmed = 2048;
    private const int MaxHashesAtOnce = 1024;

    // Credit to begin with where the sender first compares what is here.
    private const long FirstCredit = 64 * 1024;

    private static readonly TimeSpan s_tellClaims = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_sign = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_answer = TimeSpan.FromSeconds(5);

    // What reaches a disk while the sender waits.
    private const long QuicklyKept = 16 * 1024 * 1024;

    private readonly FileService _service;
    private readonly ConcurrentQueue<(string Op, StationMessage Message)> _queue = new();
    private readonly ArrivalSignal _signal = new();
    private readonly CreditPool.Account _credit;
    private readonly StationTransfer _transfer;
    private readonly TaskCompletionSource _letGo = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ArrayBufferWriter<byte> _claims = new();
    private readonly CancellationTokenSource _cancel = new();
    private StationException? _failure;
    private long _grant;
    private int _queued;
    private long _reserved;
    private ReceivingTransfer? _machine;
    private IncomingTarget? _target;
    private long _claimable;
    private long _claimsFrom;
    private long _claimsSince;
    private long _firstCredit;
    private bool _isReplacing;
    private int _heardIn;

    public IncomingFile(FileService service, FileReceiver receiver, TransferOffer offer)
    {
        _service = service;
        Receiver = receiver;
        Offer = offer;
        _transfer = new StationTransfer(service.Session, TransferDirection.Receive, ForeignText.Show(offer.Name, TransferOffer.MaxNameBytes), path: null, offer.IsFolder);
        _credit = service.Credit.Open(OnGranted);
        _heardIn = service.Session.Resumes;
    }

    public FileReceiver Receiver { get; }

    public TransferOffer Offer { get; }

    public StationSession Session => _service.Session;

    /// <summary>All of it is over.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>Nothing of it touches the disk any more.</summary>
    public Task LetGo => _letGo.Task;

    /// <summary>Whether nothing of it has come since its session was resumed: the sender has forgotten it, or has not come to it yet.</summary>
    public bool IsLeftBehind => Volatile.Read(ref _heardIn) != _service.Session.Resumes;

    public void Start() => Completion = _service.Disk.RunAsync(RunAsync);

    /// <summary>Takes in what the sender says. Called under the session's lock: it waits for nothing.</summary>
    public void Take(string op, StationMessage message)
    {
        Volatile.Write(ref _heardIn, _service.Session.Resumes);
        ReadOnlyMemory<byte> body = message.BodyBytes;
        if (op == TransferOp.Cancel)
        {
            Cancel(new StationException(StationFault.TransferCanceled, "The sender stopped the transfer."));
        }
        else if (op == TransferOp.Data && body.Length <= TransferMessages.DataOffset)
        {
            Cancel(TransferErrors.Broken("a message of data without any"));
        }
        else if (op == TransferOp.Data && !_credit.TryUse(body.Length - TransferMessages.DataOffset))
        {
            Cancel(TransferErrors.Broken("data without credit"));
        }
        else if (Interlocked.Increment(ref _queued) > MaxQueued)
        {
            Cancel(TransferErrors.Broken("more messages at once than any credit allows"));
        }
        else
        {
            _queue.Enqueue((op, message));
            _signal.Pulse();
        }
    }

    /// <summary>Ends it for a reason. The first one counts.</summary>
    public void Cancel(StationException reason)
    {
        Interlocked.CompareExchange(ref _failure, reason, null);
        _ = _cancel.CancelAsync();
        _signal.Pulse();
    }

    private async Task RunAsync()
    {
        StationException? failure = null;
        TransferAudit.Began(_transfer);
        Receiver.Started(_transfer);
        try
        {
            await ReceiveAsync().ConfigureAwait(true);
        }
        catch (StationException e)
        {
            failure = e;
        }
        catch (OperationCanceledException) when (_cancel.IsCancellationRequested)
        {
            failure = Volatile.Read(ref _failure);
        }
        catch (Exception e) when (StorageErrors.IsStorageError(e))
        {
            failure = StorageErrors.Failed(_transfer.Path ?? Offer.Name, e);
        }

        Close();
        await AnswerAsync(failure).ConfigureAwait(true);
        _transfer.End(failure);
        await Receiver.EndedAsync(_transfer).ConfigureAwait(true);
        _service.Forget(this);
    }

    private async Task ReceiveAsync()
    {
        using CancellationTokenRegistration stop = _transfer.StopToken.Register(
            () => Cancel(new StationException(StationFault.TransferCanceled, "The transfer was stopped here.")));
        if (Offer.IsFolder)
        {
            _transfer.SetPath(Receiver.Folder.MakeFolder(Offer.Parts, Receiver.Quota.TakeFile));
            return;
        }

        _transfer.AddLength(Offer.Length);
        await OpenAsync().ConfigureAwait(true);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        while (true)
        {
            Task arrival = _signal.Arm();
            ThrowIfFailed();
            await SendCreditAsync(Interlocked.Exchange(ref _grant, 0)).ConfigureAwait(true);
            if (_queue.TryDequeue(out (string Op, StationMessage Message) next))
            {
                Interlocked.Decrement(ref _queued);
                if (await HandleAsync(next.Op, next.Message, hash).ConfigureAwait(true))
                {
                    return;
                }
            }
            else if (!await ClaimAsync(hash).ConfigureAwait(true))
            {
                await WaitAsync(arrival).ConfigureAwait(true);
            }
        }
    }

    private async Task OpenAsync()
    {
        _target = IncomingTarget.Open(Receiver, Session.RemoteFingerprint ?? string.Empty, Offer);
        _transfer.SetPath(_target.Path);
        if (_target.IsPresent)
        {
            _machine = new ReceivingTransfer(Offer, isPresent: true);
            await SendAcceptAsync(TransferAcceptState.Present, 0, default).ConfigureAwait(true);
            return;
        }

        await BeginPartAsync().ConfigureAwait(true);
        if (_target.Part!.Length > Offer.Length)
        {
            // Whatever lies behind the file's end is nobody's: it must not come under the final name.
            _target.Part.Truncate(Offer.Length);
        }

        _claimable = _target.Part.Length == Offer.Length ? Offer.Leaves : _target.Part.Length / TransferOffer.LeafSize;
        Reserve(Offer.Length - Math.Min(Offer.Length, _claimable * TransferOffer.LeafSize));
        _machine = new ReceivingTransfer(Offer);
        _claimsSince = Environment.TickCount64;
        if (_claimable == 0)
        {
            await SendAcceptAsync(TransferAcceptState.Last, 0, default).ConfigureAwait(true);
        }

        _firstCredit = _claimable == 0 ? Offer.Length : Math.Min(FirstCredit, Offer.Length);
        _credit.Want(_firstCredit);
    }

    private async Task BeginPartAsync()
    {
        Receiver.Quota.TakeFile();
        string path = _target!.PartPath;
        await OpenParts.TakeAsync(path, this).ConfigureAwait(true);
        _target.OpenPart();
    }

    private async Task<bool> HandleAsync(string op, StationMessage message, IncrementalHash hash)
    {
        ReadOnlyMemory<byte> body = message.BodyBytes;
        switch (op)
        {
            case TransferOp.Data:
                (long offset, ReadOnlyMemory<byte> bytes) = TransferMessages.ReadData(body);
                Write(offset, bytes.Span, hash);
                message.RecycleBody();
                return false;
            case TransferOp.Leaf:
                (long index, ReadOnlyMemory<byte> sent) = TransferMessages.ReadLeaf(body);
                await TakeLeafAsync(index, sent, hash).ConfigureAwait(true);
                return false;
            default:
                return await TakeDoneAsync(TransferMessages.ReadDone(body)).ConfigureAwait(true);
        }
    }

    private void Reserve(long bytes)
    {
        Receiver.Quota.Take(bytes);
        _reserved += bytes;
    }

    private void ThrowIfFailed()
    {
        if (Volatile.Read(ref _failure) is { } failure)
        {
            throw failure;
        }
    }

    // What came of a leaf that is not whole is forgotten; a file that does not hold together is thrown away.
    private void Close()
    {
        try
        {
            _target?.Close(_machine is { IsSendingData: true } machine ? machine.BytesAgreed : long.MaxValue);
        }
        catch (Exception e) when (StorageErrors.IsStorageError(e))
        {
            // The next transfer of the file looks at what is there.
        }

        if (_target is not null)
        {
            OpenParts.Return(_target.PartPath, this);
        }

        _credit.Close();
        Receiver.Quota.Return(_reserved);
        _reserved = 0;
        _letGo.TrySetResult();
    }
}
