namespace SecureStation.Core.Tests.Keys;

/// <summary>The machine's ssh-keygen, as a second implementation to talk to.</summary>
internal static class SshKeygen
{
    /// <summary>Runs it and returns what it printed; skips the running test where it does not exist.</summary>
    public static string Run(params string[] arguments)
    {
        (int exitCode, string output) = OpenSsl.Start("ssh-keygen", arguments);
        Assert.True(exitCode == 0, $"ssh-keygen {string.Join(' ', arguments)}: {output}");
        return output;
    }

    /// <summary>As <see cref="Run"/>, but tells success instead of insisting on it.</summary>
    public static bool Succeeds(params string[] arguments) => OpenSsl.Start("ssh-keygen", arguments).ExitCode == 0;
}
