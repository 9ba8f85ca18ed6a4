using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;

namespace SecureStation.Core.Transfers;

/// <summary>
/// The service <c>file</c> of one session, both ways: brings each message to its transfer. It takes each at once and waits for nothing, neither a disk nor
/// the peer, so that the session's window stays open for others: what waits for the disk is bounded by credit.
/// </summary>
internal sealed class FileService : IServiceSink
{
    /// <summary>Files that this side sends at once in a session.</summary>
    private const int MaxOutgoing = 16;

    /// <summary>Files that this side takes at once in a session.</summary>
    private const int MaxIncoming = 32;

    // Offers that are answered at once with an end; above it a peer floods, and gets no answer.
    private const int MaxRefusals = 64;

    // Transfers of an earlier process that are answered so.
    private const int MaxLeftBehind = 256;

    private static readonly ConditionalWeakTable<SecureSession, FileService> s_services = [];

    private readonly ConcurrentDictionary<TransferId, OutgoingFile> _outgoing = new();
    private readonly ConcurrentDictionary<ulong, OutgoingFile> _offers = new();
    private readonly ConcurrentDictionary<TransferId, IncomingFile> _incoming = new();
    private readonly ConcurrentDictionary<TransferId, bool> _leftBehind = new();
    private int _refusals;
    private FileReceiver? _receiver;

    private FileService(SecureSession session)
    {
        Session = session;
        Credit = new CreditPool(session.Limits.Window);
    }

    /// <summary>The session.</summary>
    public SecureSession Session { get; }

    /// <summary>What this side gives to all that comes in.</summary>
    public CreditPool Credit { get; }

    /// <summary>How often a receiver that is at it says something, and a little more.</summary>
    public TimeSpan SignOfLife { get; set; } = TimeSpan.FromSeconds(6);

    /// <summary>Places for files that go out.</summary>
    public SemaphoreSlim Places { get; } = new(MaxOutgoing);

    /// <summary>Threads for the disk.</summary>
    public DiskThreads Disk { get; } = new();

    /// <summary>The service of a session.</summary>
    public static FileService Of(SecureSession session) => s_services.GetValue(session, static session =>
    {
        var service = new FileService(session);
        session.Services.SwitchOn(TransferMessages.Service, service);
        return service;
    });

    /// <summary>Has a receiver take what the peer offers from now on.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidState"/>: another does.</exception>
    public void Attach(FileReceiver receiver)
    {
        if (Interlocked.CompareExchange(ref _receiver, receiver, null) is not null)
        {
            throw new StationException(StationFault.InvalidState, "The files of this session are taken already: by another Receive-StationFile, or by its listener's -ReceiveFolder.");
        }
    }

    /// <summary>The receiver takes nothing more; what is on its way is ended.</summary>
    public async Task DetachAsync(FileReceiver receiver)
    {
        Interlocked.CompareExchange(ref _receiver, null, receiver);
        IncomingFile[] left = [.. _incoming.Values.Where(file => file.Receiver == receiver)];
        foreach (IncomingFile file in left)
        {
            file.Cancel(new StationException(StationFault.UnknownService, "Files are taken no longer."));
        }

        await Task.WhenAll(left.Select(static file => file.Completion)).ConfigureAwait(false);
    }

    /// <summary>Sends an offer and brings its answers to the file.</summary>
    public async Task OfferAsync(OutgoingFile file, TransferOffer offer, CancellationToken cancellationToken)
    {
        _outgoing[offer.Id] = file;
        await Session.SendAsync(TransferMessages.Offer(offer), id => _offers[file.OfferMessage = id] = file, cancellationToken).ConfigureAwait(false);
        if (Session.EndReason is not null)
        {
            file.Fail(Session.CreateEndException());
        }
    }

    public void Forget(OutgoingFile file, TransferId id)
    {
        _outgoing.TryRemove(id, out _);
        _offers.TryRemove(file.OfferMessage, out _);
    }

    public void Forget(IncomingFile file) => _incoming.TryRemove(file.Offer.Id, out _);

    /// <inheritdoc/>
    public void Take(StationMessage message)
    {
        Session.Services.Release(message);
        if (message.GetHeader(OutgoingMessage.ErrorHeader) is { } error)
        {
            TakeError(message.InReplyTo, error);
        }
        else if (message.Length >= TransferId.Size && message.GetHeader(TransferMessages.OpHeader) is { } op)
        {
            Take(op, TransferId.Read(message.BodyBytes.Span), message);
        }
    }

    /// <summary>An accept, a credit, an end or an error belongs to what this side sends.</summary>
    public bool IsOwn(StationMessage message) =>
        message.GetHeader(OutgoingMessage.ErrorHeader) is not null || message.GetHeader(TransferMessages.OpHeader) is TransferOp.Accept or TransferOp.Credit or TransferOp.End;

    /// <inheritdoc/>
    public void Withdraw(ulong id)
    {
        // A transfer is taken back by its own message.
    }

    /// <inheritdoc/>
    public void OnEnded()
    {
        StationException end = Session.CreateEndException();
        foreach (OutgoingFile file in _outgoing.Values)
        {
            file.Fail(end);
        }

        IncomingFile[] left = [.. _incoming.Values];
        Array.ForEach(left, file => file.Cancel(end));
        _ = FinishAsync();

        async Task FinishAsync()
        {
            await Task.WhenAll(left.Select(static file => file.Completion)).ConfigureAwait(false);
            Volatile.Read(ref _receiver)?.Finish(end);
        }
    }

    private void Take(string op, TransferId id, StationMessage message)
    {
        switch (op)
        {
            case TransferOp.Offer:
                TakeOffer(id, message.BodyBytes);
                break;
            case TransferOp.Data or TransferOp.Leaf or TransferOp.Done or TransferOp.Cancel when _incoming.TryGetValue(id, out IncomingFile? incoming):
                incoming.Take(op, message);
                break;
            case TransferOp.Data or TransferOp.Leaf or TransferOp.Done when Session.IsRestored && _leftBehind.Count < MaxLeftBehind && _leftBehind.TryAdd(id, true):
                // What an earlier process was receiving: the sender offers it again and goes on where that was.
                Refuse(id, new StationException(StationFault.UnknownService, "The receiver was started anew."));
                break;
            case TransferOp.Accept or TransferOp.Credit or TransferOp.End when _outgoing.TryGetValue(id, out OutgoingFile? outgoing):
                outgoing.Take(op, message.BodyBytes);
                break;
        }
    }

    // Errors answer messages, not transfers. One of an offer is about that; another says that the peer takes nothing at all any more.
    private void TakeError(ulong inReplyTo, string error)
    {
        if (_offers.TryGetValue(inReplyTo, out OutgoingFile? offered))
        {
            offered.Refuse(error);
            return;
        }

        foreach (OutgoingFile file in _outgoing.Values.Where(file => file.IsUnderWay))
        {
            file.Refuse(error);
        }
    }

    private void TakeOffer(TransferId id, ReadOnlyMemory<byte> body)
    {
        if (_incoming.ContainsKey(id))
        {
            // Said twice it is one file.
            return;
        }

        try
        {
            FileReceiver receiver = Volatile.Read(ref _receiver)
                ?? throw new StationException(StationFault.UnknownService, "Nobody takes files.");
            var offer = TransferOffer.Read(body.Span);
            if (_incoming.Count >= MaxIncoming)
            {
                throw new StationException(StationFault.TransferBusy, $"{MaxIncoming} files are on their way already.");
            }

            var file = new IncomingFile(this, receiver, offer);
            _incoming[id] = file;
            file.Start();
        }
        catch (StationException refused)
        {
            Refuse(id, refused);
        }
    }

    private void Refuse(TransferId id, StationException refused)
    {
        if (Interlocked.Increment(ref _refusals) > MaxRefusals)
        {
            Interlocked.Decrement(ref _refusals);
            return;
        }

        _ = Task.Run(AnswerAsync);

        async Task AnswerAsync()
        {
            try
            {
                await Session.SendAsync(TransferMessages.End(id, TransferErrors.ReasonOf(refused.Fault), TransferErrors.TextFor(refused))).ConfigureAwait(false);
            }
            catch (StationException)
            {
                // The session has ended, and the offer with it.
            }
            finally
            {
                Interlocked.Decrement(ref _refusals);
            }
        }
    }
}
