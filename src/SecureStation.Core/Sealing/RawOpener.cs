using SecureStation.Core.Age;

namespace SecureStation.Core.Sealing;

/// <summary>Opens an age file, armored or not, whatever is in it. Bounds it by the reader's terms.</summary>
internal sealed class RawOpener : IDisposable
{
    private readonly OpeningTerms _terms;
    private readonly BlockRing _blocks;
    private long _length;

    /// <summary>Reads the header. The source stays open.</summary>
    /// <exception cref="StationException"><see cref="StationFault.SealBroken"/>, <see cref="StationFault.SealingKeyMissing"/>, <see cref="StationFault.NotARecipient"/></exception>
    public RawOpener(Stream source, OpeningTerms terms, int blockLength = SealedReader.SmallBlock)
    {
        _terms = terms;
        _blocks = new BlockRing(blockLength, count: 2);
        (Stream from, AgeFormKind form) = AgeForm.Peek(source);
        if (form == AgeFormKind.None)
        {
            throw SealErrors.Broken("it is not an age file");
        }

        (Plaintext, Secrecy) = Guard(() =>
        {
            Stream plaintext = AgeFile.Open(from, terms.AgeIdentities, form == AgeFormKind.Armored, limits: null, out IReadOnlyList<string> types);
            return (plaintext, SecrecyOf(types));
        });
    }

    /// <summary>What keeps it secret.</summary>
    public SealSecrecy Secrecy { get; }

    /// <summary>What is in it; read it under <see cref="Guard"/>.</summary>
    public Stream Plaintext { get; }

    /// <summary>The next piece of the plaintext, good until the call after the next; empty at the end, and only then this was all.</summary>
    /// <exception cref="StationException"><see cref="StationFault.SealBroken"/>, <see cref="StationFault.MessageTooLarge"/></exception>
    public ReadOnlyMemory<byte> ReadBlock()
    {
        ReadOnlyMemory<byte> block = Guard(() => _blocks.Read(Plaintext));
        Count(block.Length);
        return block;
    }

    /// <summary>Counts bytes that are going to be kept.</summary>
    /// <exception cref="StationException"><see cref="StationFault.MessageTooLarge"/></exception>
    public void Count(int length)
    {
        _length += length;
        if (_length > _terms.MaxBodyLength)
        {
            throw new StationException(StationFault.MessageTooLarge, $"What was sealed is over {_terms.MaxBodyLength} bytes.");
        }
    }

    /// <summary>Runs work that reads, and says of age's failures what they mean here.</summary>
    public T Guard<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (AgeException e)
        {
            throw SealErrors.Of(e, _terms.AreComplete);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Plaintext.Dispose();
        _blocks.Dispose();
    }

    // What it is, is what its weakest stanza is. Stanzas that end in -grease are none (age.md); of other unknown ones nothing is known.
    private static SealSecrecy SecrecyOf(IReadOnlyList<string> types)
    {
        if (types.Contains(ScryptStanza.Type))
        {
            return SealSecrecy.Passphrase;
        }

        return types.All(static type => type == HybridStanza.Type || type.EndsWith("-grease", StringComparison.Ordinal)) ? SealSecrecy.Hybrid : SealSecrecy.Classical;
    }
}
