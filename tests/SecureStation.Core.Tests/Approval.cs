namespace SecureStation.Core.Tests;

/// <summary>
/// Texts in the repository that are made from the code: compared by the tests, rewritten when they run with STATION_APPROVE=1.
/// </summary>
internal static class Approval
{
    private const string Variable = "STATION_APPROVE";

    /// <summary>Whether this run accepts what the code makes now.</summary>
    public static bool IsAccepting => Environment.GetEnvironmentVariable(Variable) == "1";

    /// <summary>Compares line by line; fails with the lines that differ and with how to accept them.</summary>
    /// <param name="path">The file, for the message and for accepting.</param>
    /// <param name="approved">What the file says.</param>
    /// <param name="actual">What the code makes.</param>
    /// <param name="accept">The file's new text, where it is to be rewritten.</param>
    public static void Verify(string path, string approved, string actual, Func<string> accept)
    {
        if (approved == actual)
        {
            return;
        }

        if (IsAccepting)
        {
            File.WriteAllText(path, accept());
            return;
        }

        string[] before = approved.Split('\n');
        string[] after = actual.Split('\n');
        int first = before.Zip(after).TakeWhile(static pair => pair.First == pair.Second).Count();
        IEnumerable<string> difference = before.Except(after).Select(static line => "- " + line)
            .Concat(after.Except(before).Select(static line => "+ " + line))
            .Prepend($"  from line {first + 1}: '{before.ElementAtOrDefault(first)}' in the file, '{after.ElementAtOrDefault(first)}' in the code");
        Assert.Fail(
            $"{Path.GetFileName(path)} is not what the code makes:\n{string.Join('\n', difference.Take(60))}\n"
            + $"If the change is meant, run this test once with {Variable}=1 in the environment, and commit the file.");
    }
}
