using System.Diagnostics;
using System.Globalization;
using SecureStation.Core.Auditing;

namespace SecureStation.Endurance.Rows;

/// <summary>A log whose writer is killed again and again: it goes on where it was, and its chain holds.</summary>
internal sealed class LogKillRow() : StationRow("log-kill", "times that the writer of a log is killed", 100, 10, "the chain holds, what was seen stays", 60)
{
    public override async Task<RowOutcome> RunAsync(RowContext context)
    {
        string path = Path.Combine(context.Folder, "station.log");
        long seen = 0;
        for (int i = 0; i < context.Count; i++)
        {
            using Process writer = OwnProcess.Start("child", "log-writer", path);
            await writer.StandardOutput.ReadLineAsync(context.Token);
            await Task.Delay(context.Random.Next(5, 60), context.Token);
            writer.Kill(entireProcessTree: true);
            await writer.WaitForExitAsync(context.Token);
            StationLogReport report = StationLogVerifier.Verify(path, cancellationToken: context.Token);
            bool isTorn = report.Problems is [{ Message: var message }] && message.Contains("torn", StringComparison.Ordinal);
            if ((!report.IsValid && !isTorn) || report.EntryCount < seen)
            {
                return new RowOutcome(i, $"broken after {i} kills", Passed: false, report.ToString());
            }

            seen = report.EntryCount;
        }

        return new RowOutcome(context.Count, $"{seen:N0} entries after {context.Count} kills", seen > 10L * context.Count);
    }

    /// <summary>The child: writes for ever.</summary>
    public static async Task<int> WriteAsync(string[] arguments)
    {
        await using StationLog log = StationLog.Start(arguments[0]);
        for (int i = 0; ; i++)
        {
            AuditTrail.Report(new AuditEvent(AuditEventKind.Request) { Detail = i.ToString(CultureInfo.InvariantCulture) });
            if (i == 20)
            {
                Console.WriteLine("up");
            }

            if (i % 50 == 0)
            {
                await Task.Delay(1);
            }
        }
    }
}
