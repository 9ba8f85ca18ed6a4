using System.Security.Cryptography;
using System.Threading.Channels;
using SecureStation.Core.Messages;

namespace SecureStation.Core.Transfers;

// What goes out, in the order that the machine says, read and hashed a few messages ahead.
internal sealed partial class OutgoingFile
{
    // On a thread of the disk: what is awaited here comes back there.
    private async Task ProduceAsync(ChannelWriter<OutgoingMessage> writer, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        try
        {
            while (true)
            {
                Task arrival = _signal.Arm();
                SendingStep step = Look(out long leaf, out long offset, out int length);
                if (step == SendingStep.Ended)
                {
                    break;
                }

                if (step == SendingStep.Wait)
                {
                    await WaitAsync(arrival, cancellationToken).ConfigureAwait(true);
                }
                else if (Perform(step, hash, leaf, offset, length) is { } message)
                {
                    await writer.WriteAsync(message, cancellationToken).ConfigureAwait(true);
                }
            }

            writer.TryComplete();
        }
        catch (Exception e)
        {
            writer.TryComplete(e);
            throw;
        }
    }

    private async Task WaitAsync(Task arrival, CancellationToken cancellationToken)
    {
        try
        {
            await arrival.WaitAsync(_service.SignOfLife, cancellationToken).ConfigureAwait(true);
        }
        catch (TimeoutException)
        {
            NoteUnheard();
        }
    }

    // A receiver that says nothing once its session was resumed was started anew, and knows nothing of the file: it is offered again.
    private void NoteUnheard()
    {
        lock (_gate)
        {
            int resumes = _service.Session.Resumes;
            if (_unheardIn == resumes && _heardIn != resumes && _machine.Outcome is null)
            {
                _isForgotten = true;
                _machine.OnEnd(TransferReason.NotReceiving, "The receiver was started anew.");
                Touch();
            }

            _unheardIn = resumes;
        }
    }

    private SendingStep Look(out long leaf, out long offset, out int length)
    {
        lock (_gate)
        {
            leaf = _machine.Leaf;
            offset = _machine.Offset;
            SendingStep step = _machine.Next;
            length = step == SendingStep.Data ? Math.Min(_machine.NextLength, DataSize) : 0;
            return _failure is null || step == SendingStep.Ended ? step : throw _failure;
        }
    }

    private OutgoingMessage? Perform(SendingStep step, IncrementalHash hash, long leaf, long offset, int length) => step switch
    {
        SendingStep.Compare => Compare(hash, leaf),
        SendingStep.Data => ReadData(hash, offset, length),
        SendingStep.Leaf => EndLeaf(hash, leaf),
        _ => EndFile(),
    };

    private OutgoingMessage? Compare(IncrementalHash hash, long leaf)
    {
        _transfer.Compare();
        byte[] own = LeafReader.Hash(_source!, _machine.Offer, leaf, hash);
        Touch();
        lock (_gate)
        {
            bool isSame = _machine.Compare(leaf, own);
            TellSkipped();
            return isSame ? TransferMessages.Leaf(_machine.Offer.Id, leaf, own) : null;
        }
    }

    private OutgoingMessage ReadData(IncrementalHash hash, long offset, int length)
    {
        // Read to where it is sent from. A body of its own each time: it must not change until the peer has it.
        byte[] body = GC.AllocateUninitializedArray<byte>(TransferMessages.DataOffset + length);
        Span<byte> bytes = body.AsSpan(TransferMessages.DataOffset);
        _source!.Read(offset, bytes);
        if (offset % TransferOffer.LeafSize == 0)
        {
            LeafTree.BeginLeaf(hash);
        }

        hash.AppendData(bytes);
        lock (_gate)
        {
            _machine.TakeData(length);
        }

        _sentTold += length;
        _transfer.Add(length);
        return TransferMessages.Data(_machine.Offer.Id, offset, body);
    }

    private OutgoingMessage EndLeaf(IncrementalHash hash, long leaf)
    {
        byte[] own = hash.GetHashAndReset();
        _source!.RequireUnchanged();
        lock (_gate)
        {
            _machine.TakeLeaf(own);
        }

        return TransferMessages.Leaf(_machine.Offer.Id, leaf, own);
    }

    private OutgoingMessage EndFile()
    {
        _source?.RequireUnchanged();
        lock (_gate)
        {
            return TransferMessages.Done(_machine.Offer.Id, _machine.TakeDone());
        }
    }
}
