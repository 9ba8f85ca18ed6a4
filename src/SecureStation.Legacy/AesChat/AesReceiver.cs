using SecureStation.Legacy.Chat;

namespace SecureStation.Legacy.AesChat;

/// <summary>
/// Makes messages of what comes over the wire. Nothing marks where one ends; what can be told is told by this:
/// <list type="bullet">
/// <item>a message is whole blocks, and its text ends in a backtick: a block that does so ends a message, so messages that ran together
/// are told apart, and one that was cut is waited for; after 1,024 bytes one ends as it does with <c>recv(1024)</c>;</item>
/// <item>bytes in clear (a broadcast's name and text) look like text, ciphertext never does; the name ends where a read ended.</item>
/// </list>
/// What cannot be told: a text with a backtick of its own at the end of a block is taken for two; a broadcast whose name and text came in
/// one read has no name; the beginning of a cut message that looks like text, with a pause after it, is taken for a broadcast.
/// </summary>
internal sealed class AesReceiver(CbcChain chain)
{
    /// <summary>The most bytes of one message.</summary>
    public const int MaxMessage = 1024;

    private readonly List<int> _ends = [];
    private byte[] _buffer = [];

    /// <summary>Whether bytes wait for more.</summary>
    public bool IsIncomplete => _buffer.Length > 0;

    /// <summary>Takes what came with one read.</summary>
    public void Add(ReadOnlySpan<byte> segment)
    {
        _buffer = [.. _buffer, .. segment];
        _ends.Add(_buffer.Length);
    }

    /// <summary>The next message, if one is there.</summary>
    /// <param name="isSilent">Nothing more came for a moment: what is in doubt is decided.</param>
    /// <param name="received">The message.</param>
    public bool TryRead(bool isSilent, out AesReceived received)
    {
        received = default;
        if (_buffer.Length == 0)
        {
            return false;
        }

        byte[] padded = chain.Peek(Window(_buffer), out bool isText);
        if (isText)
        {
            int end = FindEnd(padded);
            return end > 0 && TakeMessage(padded, end, out received);
        }

        int clear = FindMessage(chain, _buffer);
        if (!PlainText.IsPlausible(_buffer.AsSpan(0, clear)))
        {
            // Text in another encoding, or a chaining value that is not known: read as the old programs would.
            int end = FindEnd(padded);
            end = end == 0 && isSilent && padded.Length == _buffer.Length ? padded.Length : end;
            return end > 0 && TakeMessage(padded, end, out received);
        }

        // Fewer bytes than a block may be the beginning of one that looks like text by chance.
        return (isSilent || clear < _buffer.Length || clear >= CbcChain.BlockLength) && TryTakeClear(clear, isSilent, out received);
    }

    /// <summary>The bytes before the first encrypted message; all of them where there is none.</summary>
    public static int FindMessage(CbcChain chain, ReadOnlySpan<byte> bytes)
    {
        for (int start = bytes.Length % CbcChain.BlockLength; start < Math.Min(bytes.Length, MaxMessage); start += CbcChain.BlockLength)
        {
            byte[] padded = chain.Peek(Window(bytes[start..]), out bool isText);
            if (isText && FindEnd(padded) > 0)
            {
                return start;
            }
        }

        return bytes.Length;
    }

    private static ReadOnlySpan<byte> Window(ReadOnlySpan<byte> bytes)
    {
        int length = Math.Min(bytes.Length, MaxMessage);
        return bytes[..(length - (length % CbcChain.BlockLength))];
    }

    // The end of the first block that ends in a backtick, or of a full window; 0 where there is neither.
    private static int FindEnd(ReadOnlySpan<byte> padded)
    {
        for (int end = CbcChain.BlockLength; end <= padded.Length; end += CbcChain.BlockLength)
        {
            if (padded[end - 1] == BacktickPadding.Backtick || end == MaxMessage)
            {
                return end;
            }
        }

        return 0;
    }

    private bool TakeMessage(byte[] padded, int length, out AesReceived received)
    {
        chain.Accept(_buffer.AsSpan(0, length));
        received = new AesReceived(BacktickPadding.Unpad(padded.AsSpan(0, length)), IsClear: false, Name: null);
        Drop(length);
        return true;
    }

    private bool TryTakeClear(int length, bool isSilent, out AesReceived received)
    {
        // The server sends name and text with two writes; after one alone the other may yet come.
        received = default;
        int nameEnd = _ends[0];
        if (nameEnd >= length)
        {
            if (!isSilent && length == _buffer.Length)
            {
                return false;
            }

            received = new AesReceived(_buffer[..length], IsClear: true, Name: null);
            Drop(length);
            return true;
        }

        int textEnd = Math.Min(_ends[1], length);
        received = new AesReceived(_buffer[nameEnd..textEnd], IsClear: true, Name: _buffer[..nameEnd]);
        Drop(textEnd);
        return true;
    }

    private void Drop(int length)
    {
        _buffer = _buffer[length..];
        _ends.RemoveAll(end => end <= length);
        for (int i = 0; i < _ends.Count; i++)
        {
            _ends[i] -= length;
        }
    }
}
