using System.Diagnostics.CodeAnalysis;
using SecureStation.Core.Auditing;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;

namespace SecureStation.Core.Receipts;

/// <summary>Answers the peer's asks for receipts in a session: in order, and no faster than the pace of that peer.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A cancelled source without a timer holds nothing.")]
internal sealed class SessionReceipts(SecureSession session, ReceiptSigner signer) : IServiceSink
{
    private const int MaxWaiting = 512;

    private readonly Lock _gate = new();
    private readonly Queue<StationMessage> _asks = new();
    private readonly CancellationTokenSource _over = new();
    private bool _isAnswering;
    private int _hasEnded;

    /// <summary>What came into the inbox.</summary>
    public ReceivedMessages Received { get; } = new();

    public void Take(StationMessage message)
    {
        lock (_gate)
        {
            if (_asks.Count < MaxWaiting)
            {
                _asks.Enqueue(message);
                if (!_isAnswering)
                {
                    _isAnswering = true;
                    _ = Task.Run(AnswerAllAsync);
                }

                return;
            }
        }

        // Who asks for so many at once gets no more than a word, and not even that where there is no room for it.
        try
        {
            session.TrySend(ReceiptMessages.ToError(message.Id, ReceiptMessages.Busy));
        }
        catch (StationException)
        {
            // The session is closing.
        }

        session.Services.Release(message);
    }

    public void Withdraw(ulong id)
    {
        // It is signed all the same, and nobody waits for it: to take it out of the queue saves nothing that is not bounded already.
    }

    public void OnEnded()
    {
        if (Interlocked.Exchange(ref _hasEnded, 1) != 0)
        {
            return;
        }

        _ = _over.CancelAsync();
        signer.OnEnded();
    }

    private async Task AnswerAllAsync()
    {
        while (true)
        {
            StationMessage ask;
            lock (_gate)
            {
                if (!_asks.TryPeek(out StationMessage? next))
                {
                    _isAnswering = false;
                    return;
                }

                ask = next;
            }

            await AnswerAsync(ask).ConfigureAwait(false);
            lock (_gate)
            {
                _asks.Dequeue();
            }

            session.Services.Release(ask);
        }
    }

    private async Task AnswerAsync(StationMessage ask)
    {
        if (!ReceiptMessages.TryReadAsk(ask, out ulong id) || Received.Find(id) is not { } received)
        {
            await session.Services.TellAsync(ReceiptMessages.ToError(ask.Id, ReceiptMessages.UnknownMessage)).ConfigureAwait(false);
            return;
        }

        try
        {
            TimeSpan turn = signer.Pace.Take(session.RemoteFingerprint ?? session.Id, signer.Now);
            TimeSpan wait = turn - signer.Now;
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, signer.Time, _over.Token).ConfigureAwait(false);
            }

            byte[] bytes = ReceiptJson.Format(ReceiptStatement.Of(
                session.Id,
                Convert.ToHexStringLower(received.HandshakeHash.Span),
                ReceiptJson.Other(session.Role),
                session.RemoteFingerprint!,
                session.LocalFingerprint!,
                id,
                received.Digest,
                received.ReceivedAt));
            await session.Services.TellAsync(ReceiptMessages.ToReceipt(ask.Id, bytes, signer.Sign(bytes))).ConfigureAwait(false);
            Audit(id);
        }
        catch (Exception e) when (e is OperationCanceledException or StationException { Fault: StationFault.InvalidState })
        {
            // The session is over, or the identity was disposed of.
        }
    }

    private void Audit(ulong id)
    {
        if (AuditTrail.IsWatched)
        {
            AuditTrail.Report(new AuditEvent(AuditEventKind.Request)
            {
                Session = session.Id,
                Address = session.RemoteAddress,
                Peer = session.PeerName,
                Fingerprint = session.RemoteFingerprint,
                Reason = "Signed",
                Detail = $"receipt of message {id}",
            });
        }
    }
}
