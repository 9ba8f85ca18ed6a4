using SecureStation.Core.Age;

namespace SecureStation.Fuzz.Targets;

/// <summary>Age files, binary and armored: header, stanzas, payload.</summary>
internal sealed class AgeTarget : IFuzzTarget
{
    private readonly X25519Identity _classical = X25519Identity.Generate();
    private readonly HybridIdentity _hybrid = HybridIdentity.Generate();

    public string Name => "age";

    public IEnumerable<byte[]> Corpus()
    {
        foreach (bool armored in (bool[])[false, true])
        {
            yield return Seal(_classical.Recipient, armored);
            yield return Seal(_hybrid.Recipient, armored);
        }
    }

    public bool Run(byte[] input)
    {
        bool armored = input.AsSpan().StartsWith("-----"u8);
        try
        {
            using var source = new MemoryStream(input, writable: false);
            using Stream plain = AgeFile.Open(source, [_classical, _hybrid], armored);
            plain.CopyTo(Stream.Null);
            return true;
        }
        catch (AgeException)
        {
            return false;
        }
    }

    private static byte[] Seal(AgeRecipient recipient, bool armored)
    {
        using var file = new MemoryStream();
        using (AgeWriter writer = AgeFile.Seal(file, [recipient], armored))
        {
            writer.Write("a secret"u8);
            writer.Complete();
        }

        return file.ToArray();
    }
}
