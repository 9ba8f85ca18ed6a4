namespace SecureStation.Core.Transfers;

/// <summary>
/// One file on its way out, without I/O: what the receiver said goes in, what to do next comes out (<see cref="Next"/>). Leaves that the receiver
/// claims are read again and compared, from the first that differs data goes, within its credit.
/// </summary>
internal sealed class SendingTransfer(TransferOffer offer)
{
    private readonly Queue<ReadOnlyMemory<byte>> _claims = new();
    private readonly LeafTree _tree = new();
    private bool _isAccepted;
    private bool _areClaimsOver;
    private bool _isPresent;
    private bool _isSendingData;
    private bool _isDoneSent;
    private long _leaf;
    private int _inLeaf;
    private long _credit;
    private long _checked;

    /// <summary>What was offered.</summary>
    public TransferOffer Offer => offer;

    /// <summary>How it ended; null while it goes on.</summary>
    public TransferReason? Outcome { get; private set; }

    /// <summary>What the receiver said of its end.</summary>
    public string OutcomeText { get; private set; } = string.Empty;

    /// <summary>The leaf that is next, or under way.</summary>
    public long Leaf => _leaf;

    /// <summary>Where the next byte is read.</summary>
    public long Offset => (_leaf * TransferOffer.LeafSize) + _inLeaf;

    /// <summary>Bytes that the receiver had already.</summary>
    public long BytesSkipped { get; private set; }

    /// <summary>Whether the receiver has answered the offer.</summary>
    public bool IsAccepted => _isAccepted;

    /// <summary>The root, once all leaves are hashed.</summary>
    public byte[] Root => _tree.Root();

    /// <summary>How much the next message of data may hold.</summary>
    public int NextLength => (int)Math.Min(Math.Min(TransferMessages.MaxData, _credit), offer.LengthOf(_leaf) - _inLeaf);

    /// <summary>What is to be done now.</summary>
    public SendingStep Next
    {
        get
        {
            if (Outcome is not null)
            {
                return SendingStep.Ended;
            }

            if (!_isAccepted || _isDoneSent)
            {
                return SendingStep.Wait;
            }

            if (_leaf == offer.Leaves)
            {
                return SendingStep.Done;
            }

            if (_isPresent)
            {
                return _leaf < _checked + TransferAccept.MaxHashes ? SendingStep.Compare : SendingStep.Wait;
            }

            if (!_isSendingData)
            {
                return _claims.Count > 0 ? SendingStep.Compare : SendingStep.Wait;
            }

            return _inLeaf == offer.LengthOf(_leaf) ? SendingStep.Leaf
                : _credit > 0 ? SendingStep.Data
                : SendingStep.Wait;
        }
    }

    /// <summary>The receiver says what it has.</summary>
    /// <exception cref="StationException"><see cref="StationFault.TransferBroken"/>: claims of what is not there, out of order, or too many.</exception>
    public void OnAccept(TransferAccept accept)
    {
        bool isPresent = accept.State == TransferAcceptState.Present;
        if (_isPresent && accept is { State: TransferAcceptState.Last, First: 0, Count: 0 })
        {
            StartAgain();
            return;
        }

        if (offer.IsFolder || (_isAccepted && isPresent != _isPresent))
        {
            TransferErrors.ThrowBroken("an accept that was not due");
        }

        if (isPresent)
        {
            if (accept.First < _checked || accept.First > _leaf || accept.Count > 0)
            {
                TransferErrors.ThrowBroken("an accept of leaves that were not sent");
            }

            _checked = accept.First;
        }
        else if (_areClaimsOver)
        {
            // Data goes already, from a leaf that differed: the receiver did not know that yet.
            if (!_isSendingData)
            {
                TransferErrors.ThrowBroken("an accept after the last");
            }

            return;
        }
        else
        {
            Claim(accept);
        }

        _isPresent = isPresent;
        _isAccepted = true;
        BeginDataIfDue();
    }

    /// <summary>The receiver has room for so many bytes more; 0 says only that it is at it.</summary>
    public void OnCredit(uint bytes) => _credit = Math.Min(_credit + bytes, TransferOffer.MaxLength);

    /// <summary>The receiver has ended it.</summary>
    /// <exception cref="StationException"><see cref="StationFault.TransferBroken"/>: it says that it has all before all went.</exception>
    public void OnEnd(TransferReason reason, string text)
    {
        if (reason == TransferReason.Ok && !_isDoneSent && !offer.IsFolder)
        {
            TransferErrors.ThrowBroken("an end before the whole file went");
        }

        Outcome ??= reason;
        OutcomeText = text;
    }

    /// <summary>A leaf has this hash. True: the receiver has it, or is to look, and a leaf message goes.</summary>
    public bool Compare(long leaf, ReadOnlySpan<byte> hash)
    {
        if (_isSendingData || leaf != _leaf)
        {
            // Meanwhile the receiver has found that its file is another.
            return false;
        }

        if (!_isPresent && !_claims.Dequeue().Span.SequenceEqual(hash))
        {
            _claims.Clear();
            _areClaimsOver = _isSendingData = true;
            return false;
        }

        BytesSkipped += offer.LengthOf(_leaf);
        EndLeaf(hash);
        BeginDataIfDue();
        return true;
    }

    /// <summary>So many bytes of the leaf go.</summary>
    public void TakeData(int bytes)
    {
        _credit -= bytes;
        _inLeaf += bytes;
    }

    /// <summary>The hash of the leaf goes.</summary>
    public void TakeLeaf(ReadOnlySpan<byte> hash) => EndLeaf(hash);

    /// <summary>The root goes: the last of it.</summary>
    public byte[] TakeDone()
    {
        _isDoneSent = true;
        return _tree.Root();
    }

    private void Claim(TransferAccept accept)
    {
        if (accept.First != _leaf + _claims.Count || accept.Count > offer.Leaves - accept.First || _claims.Count + accept.Count > TransferAccept.MaxHashes)
        {
            TransferErrors.ThrowBroken("an accept of other leaves than were due");
        }

        for (int i = 0; i < accept.Count; i++)
        {
            _claims.Enqueue(accept.Hashes.Slice(i * LeafTree.HashSize, LeafTree.HashSize));
        }

        _areClaimsOver = accept.State == TransferAcceptState.Last;
    }

    // The file that the receiver has is another after all, and is to be replaced.
    private void StartAgain()
    {
        _tree.Clear();
        _isPresent = _isDoneSent = false;
        _areClaimsOver = _isSendingData = true;
        _leaf = 0;
        BytesSkipped = 0;
    }

    private void BeginDataIfDue() => _isSendingData |= !_isPresent && _areClaimsOver && _claims.Count == 0;

    private void EndLeaf(ReadOnlySpan<byte> hash)
    {
        _tree.Add(hash);
        _leaf++;
        _inLeaf = 0;
    }
}
