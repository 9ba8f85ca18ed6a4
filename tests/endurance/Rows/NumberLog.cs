using System.Globalization;

namespace SecureStation.Endurance.Rows;

/// <summary>
/// What one side was given, in a file that outlives its processes: a line for each number, with a mark where the message was marked as a repeat.
/// A process that is killed between the taking of a message and its line had it in hand: that number alone may be missing, once a kill.
/// </summary>
internal sealed class NumberLog(string path)
{
    public const string Begun = "begun";
    public const string Mark = " again";

    private const int Tail = 200;

    /// <summary>Waits until a number is there.</summary>
    public async Task AwaitAsync(long number, StateSide[] alive, CancellationToken token)
    {
        while (LastNumber() < number)
        {
            foreach (StateSide side in alive)
            {
                await side.RequireAliveAsync();
            }

            await Task.Delay(20, token);
        }
    }

    /// <summary>Reads logs: how many repeats there were, and how many were in hand.</summary>
    /// <exception cref="InvalidOperationException">A gap, or a repeat without a mark.</exception>
    public static (int Repeats, int InHand) Judge(NumberLog[] logs, long last)
    {
        int repeats = 0, inHand = 0;
        foreach (NumberLog log in logs)
        {
            (int more, int lost) = log.Judge(last);
            (repeats, inHand) = (repeats + more, inHand + lost);
        }

        return (repeats, inHand);
    }

    private (int Repeats, int InHand) Judge(long last)
    {
        int repeats = 0, inHand = 0;
        long highest = 0;
        bool mayLack = false;
        foreach (string line in File.ReadLines(path))
        {
            if (line == Begun)
            {
                mayLack = true;
                continue;
            }

            (long number, bool isMarked) = Parse(line);
            if (number <= highest)
            {
                repeats += isMarked ? 1 : throw new InvalidOperationException($"{path}: {number} came again without a mark.");
                continue;
            }

            inHand += number == highest + 1 ? 0 : mayLack && number == highest + 2 ? 1 : throw new InvalidOperationException($"{path}: {number} after {highest}.");
            (highest, mayLack) = (number, false);
        }

        return highest == last ? (repeats, inHand) : throw new InvalidOperationException($"{path}: ends at {highest}, not at {last}.");
    }

    private long LastNumber()
    {
        if (!File.Exists(path))
        {
            return 0;
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        bool isAll = file.Length <= Tail;
        file.Seek(-Math.Min(file.Length, Tail), SeekOrigin.End);
        string[] lines = new StreamReader(file).ReadToEnd().Split('\n')[(isAll ? 0 : 1)..^1];
        return lines.Where(static line => line != Begun).Select(static line => Parse(line).Number).DefaultIfEmpty(0).Max();
    }

    private static (long Number, bool IsMarked) Parse(string line)
    {
        bool isMarked = line.EndsWith(Mark, StringComparison.Ordinal);
        return (long.Parse(isMarked ? line[..^Mark.Length] : line, CultureInfo.InvariantCulture), isMarked);
    }
}
