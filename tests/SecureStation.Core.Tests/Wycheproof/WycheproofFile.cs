using System.Text.Json;

namespace SecureStation.Core.Tests.Wycheproof;

/// <summary>A file of Project Wycheproof's vectors from the shared folder, whose README describes the form.</summary>
internal static class WycheproofFile
{
    /// <summary>
    /// Runs every test of a file. The check returns whether the code under test took the input (and, where there is an output, gave exactly
    /// the right one); that is compared with what is wanted: the test's <c>result</c>, and refusal of what is only "acceptable".
    /// All tests are run before the failures are shown. Prints how many there were.
    /// </summary>
    /// <param name="name">The file's name.</param>
    /// <param name="check">Gets group and test.</param>
    public static void Run(string name, Func<JsonElement, JsonElement, bool> check)
    {
        using JsonDocument file = JsonDocument.Parse(File.ReadAllBytes(SharedFolder.RequireWycheproof(name)));
        int count = 0;
        var failures = new List<string>();
        foreach (JsonElement group in file.RootElement.GetProperty("testGroups").EnumerateArray())
        {
            foreach (JsonElement test in group.GetProperty("tests").EnumerateArray())
            {
                count++;
                bool isWanted = test.GetProperty("result").GetString() == "valid";
                string outcome;
                try
                {
                    outcome = check(group, test) == isWanted ? string.Empty : isWanted ? "refused" : "accepted";
                }
                catch (Exception e) when (e is not Xunit.Sdk.XunitException)
                {
                    outcome = e.ToString();
                }

                if (outcome.Length > 0)
                {
                    failures.Add($"{name} {test.GetProperty("tcId")} '{test.GetProperty("comment")}' {test.GetProperty("flags")}: {outcome}");
                }
            }
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"{name}: {count - failures.Count} of {count} tests as wanted");
        Assert.Empty(failures);
        Assert.Equal(file.RootElement.GetProperty("numberOfTests").GetInt32(), count);
    }

    public static byte[] Hex(this JsonElement element, string property) => Convert.FromHexString(element.GetProperty(property).GetString()!);

    public static bool HasFlag(this JsonElement test, string flag) =>
        test.GetProperty("flags").EnumerateArray().Any(f => f.GetString() == flag);
}
