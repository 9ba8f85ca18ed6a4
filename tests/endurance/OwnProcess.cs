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
}
