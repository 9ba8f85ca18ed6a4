using System.Buffers.Binary;

namespace SecureStation.Fuzz;

/// <summary>Makes new inputs of old ones. The same seed makes the same ones.</summary>
public sealed class Mutator(int seed)
{
    /// <summary>The longest input, in bytes.</summary>
    public const int MaxLength = 64 * 1024;

    private static readonly byte[] s_interesting = [0, 1, 2, 0x0A, 0x20, 0x22, 0x27, 0x28, 0x2F, 0x30, 0x3A, 0x5B, 0x5C, 0x7B, 0x7F, 0x80, 0x81, 0x82, 0xC0, 0xFE, 0xFF];
    private static readonly uint[] s_lengths = [0, 1, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x100001, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF];

    private readonly Random _random = new(seed);

    /// <summary>An input made of one of these, in one to eight steps.</summary>
    public byte[] Next(IReadOnlyList<byte[]> corpus)
    {
        List<byte> bytes = [.. corpus[_random.Next(corpus.Count)]];
        for (int steps = 1 << _random.Next(4); steps > 0; steps--)
        {
            Step(bytes, corpus);
        }

        if (bytes.Count > MaxLength)
        {
            bytes.RemoveRange(MaxLength, bytes.Count - MaxLength);
        }

        return [.. bytes];
    }

    private void Step(List<byte> bytes, IReadOnlyList<byte[]> corpus)
    {
        int at = _random.Next(bytes.Count + 1);
        switch (_random.Next(9))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = s_interesting[_random.Next(s_interesting.Length)];
                break;
            case 2:
                bytes.Insert(at, s_interesting[_random.Next(s_interesting.Length)]);
                break;
            case 3 when at < bytes.Count:
                bytes.RemoveRange(at, Math.Min(1 + _random.Next(16), bytes.Count - at));
                break;
            case 4 when at < bytes.Count:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 5 when at < bytes.Count:
                // Something again, as a parser that counts does not expect it.
                bytes.InsertRange(at, bytes.GetRange(at, Math.Min(1 + _random.Next(64), bytes.Count - at)));
                break;
            case 6:
                byte[] other = corpus[_random.Next(corpus.Count)];
                int from = _random.Next(other.Length + 1);
                bytes.InsertRange(at, other.AsSpan(from, Math.Min(_random.Next(256), other.Length - from)).ToArray());
                break;
            case 7 when at + 4 <= bytes.Count:
                Span<byte> length = stackalloc byte[4];
                BinaryPrimitives.WriteUInt32BigEndian(length, s_lengths[_random.Next(s_lengths.Length)]);
                int size = 1 << _random.Next(3);
                for (int i = 0; i < size; i++)
                {
                    bytes[at + i] = length[4 - size + i];
                }

                break;
            default:
                for (int run = _random.Next(1, 4) * (_random.Next(20) == 0 ? 1000 : 1); run > 0; run--)
                {
                    bytes.Insert(at, at < bytes.Count ? bytes[at] : (byte)_random.Next(256));
                }

                break;
        }
    }
}
