using System.Globalization;
using System.Text.Json;

namespace SecureStation.Core.Tests.Noise.Primitives;

/// <summary>A test of one of Wycheproof's files, with its group.</summary>
public sealed record Wycheproof(JsonElement Group, JsonElement Test)
{
    public string Result => Test.GetProperty("result").GetString()!;

    public bool IsValid => Result == "valid";

    public bool HasFlag(string flag) => Test.GetProperty("flags").EnumerateArray().Any(element => element.GetString() == flag);

    public byte[] Bytes(string name) => Convert.FromHexString(Text(name));

    public string Text(string name) => Test.GetProperty(name).GetString()!;

    public int Number(string name) => (Test.TryGetProperty(name, out JsonElement value) ? value : Group.GetProperty(name)).GetInt32();

    /// <summary>Runs <paramref name="check"/> on every test of a file and prints how many there were of each outcome that it names.</summary>
    public static void Run(string file, ITestOutputHelper output, Func<Wycheproof, string> check)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(SharedFolder.RequireWycheproof(file)));
        var outcomes = new Dictionary<string, int>();
        var failures = new List<string>();
        foreach (JsonElement group in document.RootElement.GetProperty("testGroups").EnumerateArray())
        {
            foreach (JsonElement test in group.GetProperty("tests").EnumerateArray())
            {
                try
                {
                    string outcome = check(new Wycheproof(group, test));
                    outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
                }
                catch (Exception e)
                {
                    failures.Add(string.Create(CultureInfo.InvariantCulture, $"{file} tcId {test.GetProperty("tcId").GetInt32()}: {e.Message}"));
                }
            }
        }

        output.WriteLine($"{file}: {string.Join(", ", outcomes.Select(pair => $"{pair.Value} {pair.Key}"))}");
        Assert.True(failures.Count == 0, string.Join('\n', failures));
        Assert.Equal(document.RootElement.GetProperty("numberOfTests").GetInt32(), outcomes.Values.Sum());
    }
}
