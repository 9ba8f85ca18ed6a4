namespace SecureStation.Core.Messages;

/// <summary>
/// Which message numbers have been taken: a sliding window in the manner of RFC 6479, section 2. The window moves a block at a time, so
/// at least <see cref="Size"/> numbers below the highest can still be told apart; everything older counts as taken.
/// </summary>
internal sealed class ReplayWindow
{
    /// <summary>How far behind the highest a number may be.</summary>
    public const int Size = 1024;

    private const int BlockBits = 64;

    // One block more than the window: the one that is being filled.
    private const int Blocks = (Size / BlockBits) + 1;

    private readonly ulong[] _taken = new ulong[Blocks];

    /// <summary>One above the highest number taken.</summary>
    public ulong Next { get; private set; }

    /// <summary>Whether the number was taken before, or is so old that this cannot be told.</summary>
    public bool IsTaken(ulong number)
    {
        if (number >= Next)
        {
            return false;
        }

        return Next - 1 - number >= Size || (_taken[Block(number)] & Bit(number)) != 0;
    }

    /// <summary>Notes a number that was not taken yet and whose message is genuine.</summary>
    public void Take(ulong number)
    {
        if (number >= Next)
        {
            ulong current = Next == 0 ? 0 : (Next - 1) / BlockBits;
            ulong passed = Math.Min((number / BlockBits) - current, Blocks);
            for (ulong i = 1; i <= passed; i++)
            {
                _taken[(current + i) % Blocks] = 0;
            }

            Next = number + 1;
        }

        _taken[Block(number)] |= Bit(number);
    }

    private static int Block(ulong number) => (int)(number / BlockBits % Blocks);

    private static ulong Bit(ulong number) => 1ul << (int)(number % BlockBits);
}
