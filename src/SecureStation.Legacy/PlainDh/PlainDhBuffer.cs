using System.Text;

namespace SecureStation.Legacy.PlainDh;

/// <summary>Collects what the peer sends, however it is cut into segments, and takes words and PEM blocks out of it. Does no I/O.</summary>
internal sealed class PlainDhBuffer
{
    private static readonly byte[] s_endMarker = "-----END "u8.ToArray();
    private static readonly byte[] s_dashes = "-----"u8.ToArray();

    private readonly byte[] _bytes = new byte[PlainDhText.MaximumLength];
    private int _length;

    /// <summary>Where the next bytes are to be put. Empty: a message is longer than any may be.</summary>
    internal Memory<byte> Free => _bytes.AsMemory(_length);

    /// <summary>What has come and was not taken, as text for people.</summary>
    internal string Text => Encoding.ASCII.GetString(_bytes, 0, _length);

    /// <summary>So many bytes were put into <see cref="Free"/>.</summary>
    internal void Advance(int count) => _length += count;

    /// <summary>Takes a word. White space before it does not count; what follows it belongs to the next message.</summary>
    internal ReadProgress TakeWord(string word)
    {
        ReadProgress progress = PeekWord(word);
        if (progress == ReadProgress.Complete)
        {
            Remove(word.Length);
        }

        return progress;
    }

    /// <summary>Looks for a word as <see cref="TakeWord"/>, and leaves it there.</summary>
    internal ReadProgress PeekWord(string word)
    {
        int blanks = 0;
        while (blanks < _length && _bytes[blanks] is (byte)' ' or (>= (byte)'\t' and <= (byte)'\r'))
        {
            blanks++;
        }

        Remove(blanks);
        int common = Math.Min(_length, word.Length);
        for (int i = 0; i < common; i++)
        {
            if (_bytes[i] != word[i])
            {
                return ReadProgress.Wrong;
            }
        }

        return common == word.Length ? ReadProgress.Complete : ReadProgress.Incomplete;
    }

    /// <summary>Takes everything up to the end of the first PEM block. Whether it is good PEM is for its reader to say.</summary>
    internal ReadProgress TakePem(out byte[] pem)
    {
        ReadOnlySpan<byte> bytes = _bytes.AsSpan(0, _length);
        int end = bytes.IndexOf(s_endMarker);
        int dashes = end < 0 ? -1 : bytes[(end + s_endMarker.Length)..].IndexOf(s_dashes);
        if (dashes < 0)
        {
            pem = [];
            return Free.IsEmpty ? ReadProgress.Wrong : ReadProgress.Incomplete;
        }

        int length = end + s_endMarker.Length + dashes + s_dashes.Length;
        pem = bytes[..length].ToArray();
        Remove(length);
        return ReadProgress.Complete;
    }

    private void Remove(int count)
    {
        _bytes.AsSpan(count, _length - count).CopyTo(_bytes);
        _length -= count;
    }
}
