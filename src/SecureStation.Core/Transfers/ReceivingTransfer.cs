namespace SecureStation.Core.Transfers;

/// <summary>
/// One file on its way in, without I/O: it says whether each message is due, where its bytes go, and when the file is whole. Leaves that are here
/// already are claimed (<see cref="Claim"/>) until the sender sends data: from there on all is new.
/// </summary>
/// <param name="offer">What the sender offered.</param>
/// <param name="isPresent">Whether a file of that name, length and time is here under its final name: then only hashes come.</param>
internal sealed class ReceivingTransfer(TransferOffer offer, bool isPresent = false)
{
    private readonly Queue<byte[]> _claims = new();
    private readonly LeafTree _tree = new();
    private long _leaf;
    private int _inLeaf;
    private bool _isSendingData;
    private bool _isDone;

    /// <summary>Whether data has begun: nothing more is claimed.</summary>
    public bool IsSendingData => _isSendingData;

    /// <summary>Leaves that both sides agree on.</summary>
    public long Leaves => _leaf;

    /// <summary>Leaves that were claimed and of which the sender has said nothing yet.</summary>
    public int Unconfirmed => _claims.Count;

    /// <summary>The first leaf that was not claimed.</summary>
    public long NextClaim => _leaf + _claims.Count;

    /// <summary>Where the next byte goes.</summary>
    public long Offset => (_leaf * TransferOffer.LeafSize) + _inLeaf;

    /// <summary>Bytes whose hashes agree: what a part file is good for.</summary>
    public long BytesAgreed => Math.Min(_leaf * TransferOffer.LeafSize, offer.Length);

    /// <summary>Whether the leaf under way has all its data.</summary>
    public bool IsLeafWhole => _leaf < offer.Leaves && _inLeaf == offer.LengthOf(_leaf);

    /// <summary>Claims the next leaf that is here.</summary>
    public void Claim(byte[] hash) => _claims.Enqueue(hash);

    /// <summary>Data comes. True: it is the first, and all beyond its offset that is here is to be forgotten.</summary>
    /// <exception cref="StationException"><see cref="StationFault.TransferBroken"/></exception>
    public bool OnData(long offset, int length)
    {
        if (isPresent || _isDone || _leaf >= offer.Leaves || offset != Offset || length > offer.LengthOf(_leaf) - _inLeaf)
        {
            TransferErrors.ThrowBroken("data that was not due");
        }

        bool isFirst = !_isSendingData;
        _isSendingData = true;
        _claims.Clear();
        _inLeaf += length;
        return isFirst;
    }

    /// <summary>The hash of a leaf comes.</summary>
    /// <param name="index">The sender's number of the leaf.</param>
    /// <param name="hash">The sender's hash of it.</param>
    /// <param name="own">What its bytes hash to here; not needed of a leaf that was claimed.</param>
    /// <exception cref="StationException">
    /// <see cref="StationFault.TransferBroken"/>; <see cref="StationFault.ContentMismatch"/>; <see cref="StationFault.AlreadyExists"/>: the file that is
    /// here is another.
    /// </exception>
    public void OnLeaf(long index, ReadOnlySpan<byte> hash, ReadOnlySpan<byte> own)
    {
        bool isDue = !_isDone && index == _leaf && _leaf < offer.Leaves && (isPresent || (_isSendingData ? IsLeafWhole : _claims.Count > 0));
        if (!isDue)
        {
            TransferErrors.ThrowBroken("the hash of a leaf that was not due");
        }

        ReadOnlySpan<byte> expected = isPresent || _isSendingData ? own : _claims.Dequeue();
        if (!hash.SequenceEqual(expected))
        {
            throw isPresent
                ? new StationException(StationFault.AlreadyExists, "There is another file of that name, length and time.")
                : new StationException(StationFault.ContentMismatch, $"Leaf {index} is not what its hash says.");
        }

        _tree.Add(hash);
        _leaf++;
        _inLeaf = 0;
    }

    /// <summary>The root comes: with it the file is whole.</summary>
    /// <exception cref="StationException"><see cref="StationFault.TransferBroken"/>; <see cref="StationFault.ContentMismatch"/>.</exception>
    public void OnDone(ReadOnlySpan<byte> root)
    {
        if (_isDone || _leaf != offer.Leaves || _inLeaf != 0)
        {
            TransferErrors.ThrowBroken("done before the whole file came");
        }

        if (!root.SequenceEqual(_tree.Root()))
        {
            throw new StationException(StationFault.ContentMismatch, "The leaves do not make the root that the sender says.");
        }

        _isDone = true;
    }

    /// <summary>The root of the leaves so far.</summary>
    public byte[] Root => _tree.Root();
}
