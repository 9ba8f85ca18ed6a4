namespace SecureStation.Core.Sealing;

/// <summary>
/// Opens a sealed message in the one right order: age's limits and key, the head's form, own recipient named, sender known, expiry; then the body, of
/// which nothing may be given out before the last block was read: the signature stands after it.
/// </summary>
internal sealed class SealedOpener : IDisposable
{
    private readonly RawOpener _file;
    private readonly SealedReader _reader;

    /// <summary>Reads the header and the head. The source stays open.</summary>
    /// <exception cref="StationException">As <see cref="SealedMessage.Open"/>.</exception>
    public SealedOpener(Stream source, OpeningTerms terms, int blockLength = SealedReader.SmallBlock)
    {
        _file = new RawOpener(source, terms);
        _reader = new SealedReader(_file.Plaintext, blockLength);
        try
        {
            SealedHead head = _file.Guard(_reader.ReadHead);
            Origin = new SealedOrigin(head, terms.Check(head, _file.Secrecy), _file.Secrecy);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Where it comes from: a claim until the last block was read.</summary>
    public SealedOrigin Origin { get; }

    /// <summary>The next piece of the body, good until the call after the next; empty at the end, and then the signature was right.</summary>
    /// <exception cref="StationException"><see cref="StationFault.SealBroken"/>, <see cref="StationFault.MessageTooLarge"/></exception>
    public ReadOnlyMemory<byte> ReadBlock()
    {
        ReadOnlyMemory<byte> block = _file.Guard(_reader.Read);
        _file.Count(block.Length);
        return block;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _reader.Dispose();
        _file.Dispose();
    }
}
