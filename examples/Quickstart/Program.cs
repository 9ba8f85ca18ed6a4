// Runs quickstart.ps1 in two PowerShell processes, a listener and a client, and shows what both type and see.
// Exit code 0 when both end as they should, 1 otherwise.
using System.Diagnostics;
using SecureStation.Quickstart;

Console.WriteLine("Two stations on this machine meet, talk and part: examples/Quickstart/quickstart.ps1, each side in a PowerShell of its own.");
string folder = Directory.CreateTempSubdirectory("station-quickstart-").FullName;
using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    patience.Cancel();
};

try
{
    long started = Stopwatch.GetTimestamp();
    string invitation = Path.Combine(folder, "invitation.txt");
    // The one that fails ends the other, which would only wait for it.
    Task<bool> listener = new Station("Listener", ConsoleColor.Cyan).RunAsync(invitation, patience);
    Task<bool> client = new Station("Client", ConsoleColor.Yellow).RunAsync(invitation, patience);
    bool[] ended = await Task.WhenAll(listener, client);
    Console.WriteLine();
    if (ended.All(static well => well))
    {
        Console.WriteLine($"All went as it should, in {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s.");
        return 0;
    }

    Console.Error.WriteLine("It did not end as it should; the lines above say why.");
    return 1;
}
catch (FileNotFoundException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
finally
{
    Directory.Delete(folder, recursive: true);
}
