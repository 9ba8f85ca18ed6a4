namespace SecureStation.Core.Age;

/// <summary>One stanza of a header: the file key, wrapped for one recipient (age.md, "Recipient stanza").</summary>
/// <param name="Type">What kind of recipient; types that a reader does not know are passed over.</param>
/// <param name="Arguments">What follows on the line, each 1 or more characters of 0x21-0x7e.</param>
/// <param name="Body">The wrapped file key.</param>
internal sealed record AgeStanza(string Type, IReadOnlyList<string> Arguments, byte[] Body)
{
    /// <summary>Bytes in the body of most types: the file key and a tag.</summary>
    public const int SealedKeyLength = AgeKeys.FileKeyLength + 16;

    /// <summary>The failure of a stanza that no sealer makes.</summary>
    public AgeException Malformed(string why) => new(AgeFailure.Header, $"The header's {Type} stanza {why}.");

    /// <summary>Checks how many arguments there are.</summary>
    public void CheckArguments(int count)
    {
        if (Arguments.Count != count)
        {
            throw Malformed($"has {Arguments.Count} arguments instead of {count}");
        }
    }

    /// <summary>Decodes an argument of a fixed length.</summary>
    public byte[] DecodeArgument(int index, int length) =>
        AgeBase64.Decode(Arguments[index]) is { } bytes && bytes.Length == length ? bytes : throw Malformed($"has an argument that is not {length} bytes in base64");

    /// <summary>Checks that the body is a sealed file key, before anything is decrypted.</summary>
    public void CheckSealedKey()
    {
        if (Body.Length != SealedKeyLength)
        {
            throw Malformed($"has a body of {Body.Length} bytes instead of {SealedKeyLength}");
        }
    }
}
