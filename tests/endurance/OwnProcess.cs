using System.Diagnostics;

namespace SecureStation.Endurance;

/// <summary>Starts this program again.</summary>
internal static class OwnProcess
{
    public static Process Start(params string[] arguments)
    {
        // Under `dotnet run` the process is the program's own host, or dotnet with its dll.
        string host = Environment.ProcessPath!;
        bool isDotnet = Path.GetFileNameWithoutExtension(host) == "dotnet";
        var start = new ProcessStartInfo(host) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in isDotnet ? [typeof(OwnProcess).Assembly.Location, .. arguments] : arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }

    /// <summary>The same with at most so many descriptors, on Unix.</summary>
    public static Process StartLimited(int descriptors, params string[] arguments)
    {
        string host = Environment.ProcessPath!;
        string[] command = Path.GetFileNameWithoutExtension(host) == "dotnet" ? [host, typeof(OwnProcess).Assembly.Location, .. arguments] : [host, .. arguments];
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in (string[])["-c", $"ulimit -n {descriptors}; exec \"$@\"", "sh", .. command])
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }
}
