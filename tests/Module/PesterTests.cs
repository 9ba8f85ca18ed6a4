using SecureStation.PowerShell;

namespace SecureStation.ModuleTests;

/// <summary>Each Pester test of this folder as a test of its own: what failed says why, and what was skipped by what it lacks.</summary>
public class PesterTests
{
    // A build server has what the restore brings, and who names a PowerShell or a Pester means it.
    private static bool MustRun => Environment.GetEnvironmentVariable("CI") == "true" || PowerShellHost.Named is not null || PesterRun.NamedVersion is not null;

    /// <summary>Pester's results. They are there only when it has run, so the runner must not ask for them before.</summary>
    public static async Task<IEnumerable<TheoryDataRow<string?>>> Results()
    {
        try
        {
            IReadOnlyList<PesterResult> results = await PesterRun.StartAsync(TestContext.Current.CancellationToken);
            return results.Select(result => new TheoryDataRow<string?>(result.Failure) { TestDisplayName = result.Name, Label = "", Skip = result.Skipped });
        }
        catch (FileNotFoundException missing) when (!MustRun)
        {
            return [new TheoryDataRow<string?>(null) { TestDisplayName = "Pester", Label = "", Skip = missing.Message }];
        }
        catch (Exception failure) when (failure is FileNotFoundException or InvalidOperationException or TimeoutException)
        {
            return [new TheoryDataRow<string?>(failure.Message) { TestDisplayName = "Pester", Label = "" }];
        }
    }

    [Theory]
    [MemberData(nameof(Results), DisableDiscoveryEnumeration = true)]
    public void Passes(string? failure)
    {
        Assert.True(failure is null, failure);
    }
}
