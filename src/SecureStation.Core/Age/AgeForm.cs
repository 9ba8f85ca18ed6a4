namespace SecureStation.Core.Age;

/// <summary>Which of the two forms of an age file something begins as.</summary>
internal enum AgeFormKind
{
    /// <summary>Neither.</summary>
    None,

    /// <summary>The binary one.</summary>
    Binary,

    /// <summary>ASCII armor.</summary>
    Armored,
}

/// <summary>Looks at the beginning of what may be an age file.</summary>
internal static class AgeForm
{
    /// <summary>Bytes that are enough to tell: the reference allows 1,024 bytes of white space before the armor.</summary>
    public const int EnoughBytes = 1024 + 64;

    private static ReadOnlySpan<byte> BinaryStart => "age-encryption.org/v1"u8;

    private static ReadOnlySpan<byte> ArmorStart => "-----BEGIN AGE ENCRYPTED FILE-----"u8;

    /// <summary>The form of what a stream holds, and a stream that gives all of it, the bytes looked at too. The source stays open.</summary>
    public static (Stream Stream, AgeFormKind Form) Peek(Stream source)
    {
        byte[] start = new byte[EnoughBytes];
        int length = source.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        return (new PrefixedStream(start.AsMemory(0, length), source), Of(start.AsSpan(0, length)));
    }

    /// <summary>The form of what begins so.</summary>
    public static AgeFormKind Of(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith(BinaryStart))
        {
            return AgeFormKind.Binary;
        }

        return start.TrimStart(" \t\r\n"u8).StartsWith(ArmorStart) ? AgeFormKind.Armored : AgeFormKind.None;
    }
}
