namespace SecureStation.Legacy.Chat;

/// <summary>
/// PyCrypto's <c>long_to_bytes</c>: a number as big-endian bytes without leading zeros; 0 is one zero byte. Whatever begins with zero
/// bytes comes out of textbook RSA shorter than it went in.
/// </summary>
internal static class LongToBytes
{
    /// <summary>The bytes of the number that these big-endian bytes are.</summary>
    public static byte[] Of(ReadOnlySpan<byte> bigEndian)
    {
        int zeros = bigEndian.IndexOfAnyExcept((byte)0);
        return zeros < 0 ? [0] : bigEndian[zeros..].ToArray();
    }

    /// <summary>Puts back the zeros that a value of known length has lost. False: it is longer than that.</summary>
    public static bool TryRestore(ReadOnlySpan<byte> number, Span<byte> value)
    {
        if (number.Length > value.Length)
        {
            return false;
        }

        value.Clear();
        number.CopyTo(value[^number.Length..]);
        return true;
    }
}
