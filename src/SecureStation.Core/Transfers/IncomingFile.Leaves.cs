using System.Security.Cryptography;

namespace SecureStation.Core.Transfers;

// What comes in, piece by piece: written, checked leaf by leaf, and put in its place when all of it is there.
internal sealed partial class IncomingFile
{
    private void Write(long offset, ReadOnlySpan<byte> bytes, IncrementalHash hash)
    {
        if (_machine!.OnData(offset, bytes.Length))
        {
            // From here on all is new, whatever the part had beyond.
            _isReplacing = false;
            _claimable = 0;
            _target!.Part!.Truncate(offset);
            _credit.Want(Offer.Length - offset - Math.Min(_firstCredit, Offer.Length - offset));
        }

        if (_reserved < bytes.Length)
        {
            Reserve(bytes.Length - _reserved);
        }

        if (offset % TransferOffer.LeafSize == 0)
        {
            LeafTree.BeginLeaf(hash);
        }

        _reserved -= bytes.Length;
        _target!.Part!.Write(offset, bytes);
        hash.AppendData(bytes);
        _credit.Written(bytes.Length);
        _transfer.Add(bytes.Length);
    }

    private async Task TakeLeafAsync(long index, ReadOnlyMemory<byte> sent, IncrementalHash hash)
    {
        if (_isReplacing)
        {
            // Of the file that was here: the sender did not know yet that it is another.
            return;
        }

        if (_target!.IsPresent)
        {
            await CheckPresentAsync(index, sent, hash).ConfigureAwait(true);
            return;
        }

        bool isNew = _machine!.IsSendingData;
        byte[] own = isNew && _machine.IsLeafWhole ? hash.GetHashAndReset() : [];
        _machine.OnLeaf(index, sent.Span, own);
        if (!isNew)
        {
            _transfer.Compare();
            _transfer.Skip(Offer.LengthOf(index));
        }
    }

    private async Task CheckPresentAsync(long index, ReadOnlyMemory<byte> sent, IncrementalHash hash)
    {
        _transfer.Compare();
        byte[] own = index == _machine!.Leaves && index < Offer.Leaves ? LeafReader.Hash(_target!.Present!, Offer, index, hash) : [];
        if (Receiver.Options.Overwrite && !sent.Span.SequenceEqual(own))
        {
            await ReplaceAsync().ConfigureAwait(true);
            return;
        }

        _machine.OnLeaf(index, sent.Span, own);
        _transfer.Skip(Offer.LengthOf(index));
        if (_machine.Leaves % MaxHashesAtOnce == 0)
        {
            await SendAcceptAsync(TransferAcceptState.Present, _machine.Leaves, default).ConfigureAwait(true);
        }
    }

    // The file that is here looked the same and is another: it is to be replaced after all.
    private async Task ReplaceAsync()
    {
        _transfer.Skip(-_transfer.BytesSkipped);
        _target!.ForgetPresent();
        await BeginPartAsync().ConfigureAwait(true);
        Reserve(Offer.Length);
        _machine = new ReceivingTransfer(Offer);
        _isReplacing = true;
        await SendAcceptAsync(TransferAcceptState.Last, 0, default).ConfigureAwait(true);
        _firstCredit = Offer.Length;
        _credit.Want(_firstCredit);
    }

    private async Task<bool> TakeDoneAsync(ReadOnlyMemory<byte> root)
    {
        if (_isReplacing)
        {
            return false;
        }

        _machine!.OnDone(root.Span);
        if (_target!.IsPresent)
        {
            return true;
        }

        if (Offer.Length <= QuicklyKept)
        {
            _target.Keep();
        }
        else
        {
            await KeepLargeAsync().ConfigureAwait(true);
        }

        return true;
    }

    // A large file may take long to reach the disk: the sender hears that it is being seen to.
    private async Task KeepLargeAsync()
    {
        Task keeping = _service.Disk.RunAsync(() =>
        {
            _target!.Keep();
            return Task.CompletedTask;
        });
        while (await Task.WhenAny(keeping, Task.Delay(s_sign)).ConfigureAwait(true) != keeping)
        {
            await _service.Session.SendAsync(TransferMessages.Credit(Offer.Id, 0)).ConfigureAwait(true);
        }

        await keeping.ConfigureAwait(true);
    }
}
