using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace SecureStation.Core.Tests.Vectors;

/// <summary>
/// Files in Wycheproof's form: those that are published, and our own (<c>tests/vectors/primitives</c>), which have its names too.
/// </summary>
internal static class WycheproofFile
{
    private const string Own = "own";
    private const string Published = "published";

    /// <summary>Whether a file, given as path, has the name that all of them have.</summary>
    public static bool IsOne(string path) => path.EndsWith("_test.json", StringComparison.Ordinal);

    /// <summary>
    /// The rows of a theory: (own or published, file name) for every file that there is a check for. Where the published ones are nowhere,
    /// one skipped row says so, if asked.
    /// </summary>
    public static IEnumerable<TheoryDataRow<string, string>> Rows(IReadOnlyDictionary<string, Func<WycheproofTest, string>> checks, bool saysWhatIsMissing)
    {
        foreach (string set in new[] { Own, Published })
        {
            foreach (string name in FilesOf(set).Select(static path => Path.GetFileName(path)).Where(name => FindCheck(checks, name) is not null))
            {
                yield return new(set, name);
            }
        }

        if (saysWhatIsMissing && FilesOf(Published).Count == 0)
        {
            yield return new(Published, "all") { Skip = VectorSet.Wycheproof.IsMissing };
        }
    }

    /// <summary>
    /// Runs every test of a file before any failure is shown. A check gives the name of the outcome, or throws; how many there were of each
    /// is printed.
    /// </summary>
    /// <param name="set">As in <see cref="Rows"/>.</param>
    /// <param name="name">The file's name.</param>
    /// <param name="checks">By a regular expression for the whole name of a file without <c>_test.json</c>.</param>
    public static void Run(string set, string name, IReadOnlyDictionary<string, Func<WycheproofTest, string>> checks)
    {
        string path = FilesOf(set).Single(path => Path.GetFileName(path) == name);
        Func<WycheproofTest, string> check = FindCheck(checks, name)!;
        using JsonDocument file = JsonDocument.Parse(File.ReadAllBytes(path));
        string algorithm = file.RootElement.GetProperty("algorithm").GetString()!;
        int count = 0;
        var outcomes = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var failures = new List<string>();
        foreach (JsonElement group in file.RootElement.GetProperty("testGroups").EnumerateArray())
        {
            foreach (JsonElement test in group.GetProperty("tests").EnumerateArray())
            {
                count++;
                try
                {
                    string outcome = check(new WycheproofTest(algorithm, group, test));
                    outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    failures.Add(string.Create(CultureInfo.InvariantCulture, $"{name} tcId {test.GetProperty("tcId").GetInt32()}: {e.Message}"));
                }
            }
        }

        string summary = string.Join(", ", outcomes.Select(static pair => $"{pair.Value} {pair.Key}"));
        TestContext.Current.TestOutputHelper!.WriteLine($"{path}: {count - failures.Count} of {count} tests as wanted ({summary})");
        Assert.True(failures.Count == 0, string.Join('\n', failures));
        Assert.NotEqual(0, count);
        Assert.Equal(file.RootElement.GetProperty("numberOfTests").GetInt32(), count);
    }

    private static IReadOnlyList<string> FilesOf(string set) =>
        set == Own ? Directory.GetFiles(OwnVectors.PathOf("primitives"), "*_test.json").Order(StringComparer.Ordinal).ToList() : VectorSet.Wycheproof.Files();

    private static Func<WycheproofTest, string>? FindCheck(IReadOnlyDictionary<string, Func<WycheproofTest, string>> checks, string name) =>
        checks.FirstOrDefault(check => Regex.IsMatch(name, $"^(?:{check.Key})_test\\.json$", RegexOptions.CultureInvariant)).Value;
}
