using System.Threading.Channels;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;

namespace SecureStation.Core.Transfers;

/// <summary>
/// One file on its way out: offers it, reads and hashes it as <see cref="SendingTransfer"/> says, and sends. One task reads and hashes, another sends, so
/// that hashing and encryption do not wait for each other.
/// </summary>
internal sealed partial class OutgoingFile : IDisposable
{
    /// <summary>Bytes of a file in one message: small enough that its array is no large object to the garbage collector.</summary>
    internal const int DataSize = 64 * 1024;

    // Messages that are read and not sent yet.
    private const int MaxAhead = 12;

    // The other script may be a moment late with its Receive-StationFile, or be between two of them.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_askAgain = TimeSpan.FromMilliseconds(100);

    private readonly FileService _service;
    private readonly ITransferSource? _source;
    private readonly StationTransfer _transfer;
    private readonly TimeSpan _silence;
    private readonly CancellationTokenSource _alive;
    private readonly ArrivalSignal _signal = new();
    private readonly Lock _gate = new();
    private SendingTransfer _machine;
    private StationException? _failure;
    private int _heardIn;
    private int _unheardIn;
    private bool _isForgotten;
    private long _skippedTold;
    private long _sentTold;

    /// <param name="service">The session's.</param>
    /// <param name="source">The file, which the caller disposes; null for an empty folder.</param>
    /// <param name="offer">What it is.</param>
    /// <param name="transfer">Told how far it is.</param>
    /// <param name="silence">How long the peer may say nothing; infinite for ever.</param>
    public OutgoingFile(FileService service, ITransferSource? source, TransferOffer offer, StationTransfer transfer, TimeSpan silence)
    {
        _service = service;
        _source = source;
        _transfer = transfer;
        _silence = silence;
        _alive = CancellationTokenSource.CreateLinkedTokenSource(transfer.StopToken);
        _machine = new SendingTransfer(offer);
    }

    /// <summary>The message that offered it.</summary>
    public ulong OfferMessage { get; set; }

    /// <summary>Whether the peer has taken the offer.</summary>
    public bool IsUnderWay
    {
        get
        {
            lock (_gate)
            {
                return _machine.IsAccepted;
            }
        }
    }

    /// <summary>Sends it, and completes when the peer has all of it under its name.</summary>
    /// <exception cref="StationException">Why it failed.</exception>
    public async Task SendAsync()
    {
        long patientSince = Environment.TickCount64;
        Touch();
        while (true)
        {
            TransferOffer offer = _machine.Offer;
            try
            {
                await SendOnceAsync(offer).ConfigureAwait(false);
            }
            catch (OperationCanceledException e)
            {
                throw await CancelAsync(offer.Id, e).ConfigureAwait(false);
            }
            catch (StationException e) when (e.Fault is StationFault.SourceChanged or StationFault.StorageFailed or StationFault.TransferBroken)
            {
                await TellCancelAsync(offer.Id).ConfigureAwait(false);
                throw;
            }
            finally
            {
                _service.Forget(this, offer.Id);
            }

            bool isForgotten = Interlocked.Exchange(ref _isForgotten, false);
            if (_machine.IsAccepted || isForgotten)
            {
                patientSince = Environment.TickCount64;
            }

            if (isForgotten)
            {
                // A receiver that knows it after all lets go of it; what it has is gone on with.
                await TellCancelAsync(offer.Id).ConfigureAwait(false);
            }

            TransferReason outcome = _machine.Outcome!.Value;
            if (outcome == TransferReason.Ok)
            {
                return;
            }

            if (outcome is not (TransferReason.NotReceiving or TransferReason.Busy) || Environment.TickCount64 - patientSince >= s_patience.TotalMilliseconds)
            {
                throw TransferErrors.Of(outcome, _machine.OutcomeText);
            }

            await WaitToAskAgainAsync(offer.Id).ConfigureAwait(false);
            ForgetTold();
            _machine = new SendingTransfer(offer with { Id = TransferId.Create() });
        }
    }

    /// <summary>Takes in what the receiver says. Called under the session's lock: it waits for nothing.</summary>
    public void Take(string op, ReadOnlyMemory<byte> body)
    {
        lock (_gate)
        {
            _heardIn = _service.Session.Resumes;
            try
            {
                switch (op)
                {
                    case TransferOp.Accept:
                        _machine.OnAccept(TransferAccept.Read(body));
                        TellSkipped();
                        break;
                    case TransferOp.Credit:
                        _machine.OnCredit(TransferMessages.ReadCredit(body.Span));
                        break;
                    default:
                        (TransferReason reason, string text) = TransferMessages.ReadEnd(body.Span);
                        _machine.OnEnd(reason, text);
                        break;
                }
            }
            catch (StationException e)
            {
                _failure ??= e;
            }
        }

        Touch();
        _signal.Pulse();
    }

    /// <summary>The peer's session takes no messages of this service, or none of the file's.</summary>
    public void Refuse(string error)
    {
        lock (_gate)
        {
            _machine.OnEnd(error == nameof(StationFault.NotAllowed) ? TransferReason.NotAllowed : TransferReason.NotReceiving, string.Empty);
        }

        _signal.Pulse();
    }

    /// <summary>It can go on no more.</summary>
    public void Fail(StationException failure)
    {
        lock (_gate)
        {
            _failure ??= failure;
        }

        _signal.Pulse();
    }

    public void Dispose() => _alive.Dispose();

    private async Task SendOnceAsync(TransferOffer offer)
    {
        _heardIn = _unheardIn = _service.Session.Resumes;
        await _service.OfferAsync(this, offer, _alive.Token).ConfigureAwait(false);
        var ahead = Channel.CreateBounded<OutgoingMessage>(new BoundedChannelOptions(MaxAhead) { SingleReader = true, SingleWriter = true });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_alive.Token);
        Task producing = _service.Disk.RunAsync(() => ProduceAsync(ahead.Writer, stop.Token));
        try
        {
            await foreach (OutgoingMessage message in ahead.Reader.ReadAllAsync(stop.Token).ConfigureAwait(false))
            {
                await _service.Session.QueueAsync(message, stop.Token).ConfigureAwait(false);
                Touch();
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await producing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await producing.ConfigureAwait(false);
    }

    private async Task WaitToAskAgainAsync(TransferId id)
    {
        try
        {
            await Task.Delay(s_askAgain, _alive.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e)
        {
            throw await CancelAsync(id, e).ConfigureAwait(false);
        }
    }

    private async Task<StationException> CancelAsync(TransferId id, OperationCanceledException e)
    {
        await TellCancelAsync(id).ConfigureAwait(false);
        return _transfer.StopToken.IsCancellationRequested
            ? new StationException(StationFault.TransferCanceled, "The transfer was stopped. What went can be gone on with: send it again.", e)
            : new StationException(StationFault.Timeout, $"The peer has said nothing about the file for {_silence.TotalSeconds:0.###} s.", e);
    }

    // Not for ever: the peer may not read at all.
    private async Task TellCancelAsync(TransferId id)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(250));
        try
        {
            await _service.Session.SendAsync(TransferMessages.Cancel(id), patience.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is StationException or OperationCanceledException)
        {
            // The session has ended or is stuck; the peer finds out by itself.
        }
    }

    // Under the gate.
    private void TellSkipped()
    {
        _transfer.Skip(_machine.BytesSkipped - _skippedTold);
        _skippedTold = _machine.BytesSkipped;
    }

    // The file is offered again, and what was counted of it is counted again.
    private void ForgetTold()
    {
        _transfer.Skip(-_skippedTold);
        _transfer.Add(-_sentTold);
        _skippedTold = _sentTold = 0;
    }

    // A sign of life, of the peer or of the own disk: the silence begins anew.
    private void Touch()
    {
        try
        {
            _alive.CancelAfter(_silence);
        }
        catch (ObjectDisposedException)
        {
            // A late word of the peer about a file that is done with.
        }
    }
}
