namespace SecureStation.Legacy.AesChat;

/// <summary>
/// The padding of the AES chat: 1 to 16 backticks up to whole blocks, 16 where the text fills its blocks, also for an empty text.
/// Taking it off takes <b>every</b> backtick out of the text.
/// </summary>
internal static class BacktickPadding
{
    /// <summary>The padding byte.</summary>
    public const byte Backtick = (byte)'`';

    /// <summary>Pads to whole blocks.</summary>
    public static byte[] Pad(ReadOnlySpan<byte> text)
    {
        byte[] padded = new byte[text.Length + CbcChain.BlockLength - (text.Length % CbcChain.BlockLength)];
        text.CopyTo(padded);
        padded.AsSpan(text.Length).Fill(Backtick);
        return padded;
    }

    /// <summary>Takes out every backtick.</summary>
    public static byte[] Unpad(ReadOnlySpan<byte> padded)
    {
        byte[] text = new byte[padded.Length];
        int length = 0;
        foreach (byte b in padded)
        {
            if (b != Backtick)
            {
                text[length++] = b;
            }
        }

        return text[..length];
    }
}
