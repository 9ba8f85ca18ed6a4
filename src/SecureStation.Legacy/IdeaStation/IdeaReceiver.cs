using System.Buffers;
using System.Text;
using SecureStation.Legacy.Chat;

namespace SecureStation.Legacy.IdeaStation;

/// <summary>
/// Makes texts of what comes over the wire, hex digits in either case. Nothing marks where a message ends and each begins the 16 bytes
/// of keystream anew, so what one read gives is one message, as in the old programs, with these exceptions:
/// <list type="bullet">
/// <item>half a byte waits for its other half, and a client's beginning for the rest of its name;</item>
/// <item>a read that looks like text only if the message before goes on is its continuation: a text of its own, but readable;</item>
/// <item>a client's messages all begin with its name, so several in one read are told apart by it, as soon as the name is known;</item>
/// <item>more than 512 bytes become several texts, as by <c>recv(1024)</c>.</item>
/// </list>
/// A server's messages that run together cannot be told apart: the second is unreadable.
/// </summary>
internal sealed class IdeaReceiver(IdeaKeystream keystream, bool isFromClient) : IDisposable
{
    /// <summary>Bytes of text in the 1,024 hex digits that the old programs read at once.</summary>
    public const int MaxText = 512;

    private static ReadOnlySpan<byte> Separator => " : "u8;

    private byte? _halfByte;
    private byte[] _beginning = [];
    private bool _hasBegun = !isFromClient;
    private int _phase;
    private byte[] _prefix = [];

    /// <summary>Whether something waits for more.</summary>
    public bool IsIncomplete => IsHalfByteLeft || _beginning.Length > 0;

    /// <summary>Whether half a byte waits.</summary>
    public bool IsHalfByteLeft => _halfByte is not null;

    /// <summary>What the client calls itself, once it has said so.</summary>
    public string? ClientName { get; private set; }

    /// <summary>Takes what came with one read and returns the texts in it, without the client's name.</summary>
    /// <exception cref="FormatException">It is not hex.</exception>
    public List<byte[]> Read(ReadOnlySpan<byte> segment)
    {
        byte[] bytes = [.. _beginning, .. Decode(segment)];
        _hasBegun = _hasBegun || bytes.Length >= MaxText || NameEnd(bytes) > 0;
        _beginning = _hasBegun ? [] : bytes;
        return _hasBegun ? Split(bytes) : [];
    }

    /// <summary>Nothing more came for a moment: returns what waited for the rest of a name, as it is.</summary>
    public List<byte[]> ReadBeginning()
    {
        byte[] bytes = _beginning;
        _beginning = [];
        _hasBegun |= bytes.Length > 0;
        return Split(bytes);
    }

    /// <inheritdoc/>
    public void Dispose() => keystream.Dispose();

    private List<byte[]> Split(byte[] bytes)
    {
        var texts = new List<byte[]>();
        int start = 0;
        while (start < bytes.Length)
        {
            int phase = FindPhase(bytes.AsSpan(start));
            LearnName(bytes.AsSpan(start), phase);
            int length = FindEnd(bytes.AsSpan(start));
            AddTexts(texts, bytes.AsSpan(start, length), phase);
            _phase = (phase + length) % IdeaKeystream.Length;
            start += length;
        }

        return texts;
    }

    private byte[] Decode(ReadOnlySpan<byte> segment)
    {
        byte[] digits = _halfByte is { } half ? [half, .. segment] : segment.ToArray();
        int even = digits.Length & ~1;
        _halfByte = even < digits.Length ? digits[even] : null;
        byte[] bytes = new byte[even / 2];
        bool isHex = Convert.FromHexString(Encoding.ASCII.GetString(digits, 0, even), bytes, out _, out _) == OperationStatus.Done;
        return isHex && (_halfByte is not { } last || char.IsAsciiHexDigit((char)last))
            ? bytes
            : throw new FormatException("a message is not hex");
    }

    private int FindPhase(ReadOnlySpan<byte> bytes) =>
        _phase == 0 || IsText(bytes, 0) || !IsText(bytes, _phase) ? 0 : _phase;

    private bool IsText(ReadOnlySpan<byte> bytes, int phase)
    {
        // Enough to tell; a client's first bytes tell most.
        ReadOnlySpan<byte> head = bytes[..Math.Min(bytes.Length, phase == 0 && _prefix.Length > 0 ? _prefix.Length : MaxText)];
        byte[] text = head.ToArray();
        keystream.Apply(text, phase);
        return phase == 0 && _prefix.Length > 0 ? text.AsSpan().SequenceEqual(_prefix) : PlainText.IsPlausible(text);
    }

    private void LearnName(ReadOnlySpan<byte> bytes, int phase)
    {
        if (!isFromClient || phase != 0 || _prefix.Length > 0 || NameEnd(bytes) is not (> 0 and int end))
        {
            return;
        }

        _prefix = bytes[..(end + Separator.Length)].ToArray();
        keystream.Apply(_prefix);
        ClientName = ChatName.ToShown(_prefix.AsSpan(0, end));
    }

    // A client's text is "NAME : message". The length of the name; 0 or less where there is none.
    private int NameEnd(ReadOnlySpan<byte> bytes)
    {
        byte[] text = bytes[..Math.Min(bytes.Length, MaxText)].ToArray();
        keystream.Apply(text);
        int end = text.AsSpan().IndexOf(Separator);
        return end > 0 && PlainText.IsPlausible(text.AsSpan(0, end)) ? end : 0;
    }

    // Where the next message of a known client begins.
    private int FindEnd(ReadOnlySpan<byte> bytes)
    {
        if (_prefix.Length == 0)
        {
            return bytes.Length;
        }

        byte[] beginning = [.. _prefix];
        keystream.Apply(beginning);
        int next = bytes.Length > 1 ? bytes[1..].IndexOf(beginning) : -1;
        return next < 0 ? bytes.Length : next + 1;
    }

    private void AddTexts(List<byte[]> texts, ReadOnlySpan<byte> message, int phase)
    {
        byte[] text = message.ToArray();
        keystream.Apply(text, phase);
        int start = phase == 0 && _prefix.Length > 0 && text.AsSpan().StartsWith(_prefix) ? _prefix.Length : 0;
        int end = Math.Min(text.Length, MaxText);
        while (true)
        {
            texts.Add(text[start..end]);
            if (end == text.Length)
            {
                return;
            }

            start = end;
            end = Math.Min(text.Length, end + MaxText);
        }
    }
}
