using System.Buffers;
using System.Security.Cryptography;
using SecureStation.Core.Messages;

namespace SecureStation.Core.Transfers;

// What the sender is told: what is here already, how much more it may send, and how it came out.
internal sealed partial class IncomingFile
{
    /// <summary>Hashes the next leaf that is here. False: there is none, or the sender is to catch up first.</summary>
    private async Task<bool> ClaimAsync(IncrementalHash hash)
    {
        if (_machine!.NextClaim >= _claimable || _machine.Unconfirmed >= MaxUnconfirmed || _machine.IsSendingData)
        {
            return false;
        }

        long leaf = _machine.NextClaim;
        byte[] own = LeafReader.Hash(_target!.Part!, Offer, leaf, hash);
        if (_claims.WrittenCount == 0)
        {
            _claimsFrom = leaf;
        }

        _machine.Claim(own);
        _claims.Write(own);
        bool isLast = leaf + 1 == _claimable;
        if (isLast || _claims.WrittenCount >= MaxHashesAtOnce * LeafTree.HashSize || Environment.TickCount64 - _claimsSince > s_tellClaims.TotalMilliseconds)
        {
            await SendAcceptAsync(isLast ? TransferAcceptState.Last : TransferAcceptState.More, _claimsFrom, _claims.WrittenSpan.ToArray()).ConfigureAwait(true);
            _claims.Clear();
            _claimsSince = Environment.TickCount64;
        }

        return true;
    }

    private async Task WaitAsync(Task arrival)
    {
        try
        {
            await arrival.WaitAsync(Receiver.Options.Silence).ConfigureAwait(true);
        }
        catch (TimeoutException e)
        {
            throw new StationException(StationFault.Timeout, $"The sender has said nothing about the file for {Receiver.Options.Silence.TotalSeconds:0} s.", e);
        }
    }

    private void OnGranted(uint bytes)
    {
        Interlocked.Add(ref _grant, bytes);
        _signal.Pulse();
    }

    private async Task SendCreditAsync(long bytes)
    {
        if (bytes > 0)
        {
            await _service.Session.SendAsync(TransferMessages.Credit(Offer.Id, (uint)bytes), _cancel.Token).ConfigureAwait(true);
        }
    }

    private async Task SendAcceptAsync(TransferAcceptState state, long first, ReadOnlyMemory<byte> hashes) =>
        await _service.Session.SendAsync(TransferMessages.Accept(new TransferAccept(Offer.Id, state, first, hashes)), _cancel.Token).ConfigureAwait(true);

    private async Task AnswerAsync(StationException? failure)
    {
        TransferReason reason = failure is null ? TransferReason.Ok : TransferErrors.ReasonOf(failure.Fault);
        using var patience = new CancellationTokenSource(s_answer);
        try
        {
            OutgoingMessage end = TransferMessages.End(Offer.Id, reason, failure is null ? string.Empty : TransferErrors.TextFor(failure));
            await _service.Session.SendAsync(end, patience.Token).ConfigureAwait(true);
        }
        catch (Exception e) when (e is StationException or OperationCanceledException)
        {
            // The session has ended, or the sender does not read.
        }

        if (failure is null)
        {
            _transfer.AddFile();
        }
    }
}
