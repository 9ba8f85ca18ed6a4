using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace SecureStation.Endurance;

/// <summary>What was asked for on the command line.</summary>
/// <param name="Rows">The rows by name; all where there is none.</param>
/// <param name="Scale">What the figures are multiplied with: 1 is the full figure, 0.1 the short one.</param>
/// <param name="Seed">What random choices begin with.</param>
/// <param name="List">Only names the rows.</param>
/// <param name="Markdown">Writes the table as docs/reliability.md has it.</param>
/// <param name="Inside">The row that this process runs, when a run has started it.</param>
internal sealed record EnduranceArguments(IReadOnlyList<string> Rows, double Scale, int Seed, bool List, bool Markdown, string? Inside)
{
    /// <summary>The scale where nothing is said.</summary>
    public const double Short = 0.1;

    public const string Usage = """
        usage: dotnet run -c Release --project tests/endurance [-- [ROW ...] [OPTION ...]]
          (nothing)     every row, short: a tenth of the figures, with a floor for each row
          --full        the figures of docs/reliability.md
          ROW ...       these rows only
          --scale N     N times the full figures
          --seed N      repeats the random choices of a run, which prints its seed
          --list        the rows
          --markdown    the table as docs/reliability.md has it, below the machine, the date and the commit
        """;

    public static bool TryParse(string[] args, [NotNullWhen(true)] out EnduranceArguments? asked, out string problem)
    {
        asked = null;
        problem = Usage;
        var rows = new List<string>();
        double scale = Short;
        int seed = Random.Shared.Next();
        bool list = false;
        bool markdown = false;
        string? inside = null;
        for (int i = 0; i < args.Length; i++)
        {
            string? value = i + 1 < args.Length ? args[i + 1] : null;
            switch (args[i])
            {
                case "--full":
                    scale = 1;
                    break;
                case "--list":
                    list = true;
                    break;
                case "--markdown":
                    markdown = true;
                    break;
                case "--scale" when double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out scale) && scale is > 0 and <= 1000:
                case "--seed" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out seed):
                    i++;
                    break;
                case "--inside" when value is not null:
                    inside = value;
                    i++;
                    break;
                case "child":
                    return false;
                case var name when AllRows.Find(name) is not null:
                    rows.Add(name);
                    break;
                default:
                    problem = $"'{args[i]}' is no row and no option, or lacks its number.\n{Usage}";
                    return false;
            }
        }

        asked = new EnduranceArguments(rows, scale, seed, list, markdown, inside);
        return true;
    }
}
