namespace SecureStation.Endurance.Rows;

/// <summary>What consumers were given, in files that outlive them: a line <c>number id mark</c> before the work on each.</summary>
internal static class MailLog
{
    public static void Append(string file, string number, string id, bool isMarked) => File.AppendAllText(file, $"{number} {id} {(isMarked ? 'm' : 'u')}\n");

    /// <summary>How many numbers were given, and how many messages were given twice without a mark.</summary>
    public static (int Given, int TwiceUnmarked, int Marked) Judge(string folder)
    {
        string[][] lines = [.. Directory.EnumerateFiles(folder, "*.log").SelectMany(File.ReadAllLines).Select(line => line.Split(' ')).Where(line => line.Length == 3)];
        return (
            lines.Select(line => line[0]).Distinct().Count(),
            lines.Where(line => line[2] == "u").GroupBy(line => line[1]).Count(group => group.Count() > 1),
            lines.Count(line => line[2] == "m"));
    }
}
