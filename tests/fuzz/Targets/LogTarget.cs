using SecureStation.Core.Auditing;

namespace SecureStation.Fuzz.Targets;

/// <summary>A station's log as a file: its lines, and the chain that goes through them.</summary>
internal sealed class LogTarget : IFuzzTarget
{
    private readonly string _folder = Directory.CreateTempSubdirectory("station-fuzz-").FullName;

    public LogTarget() => AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(_folder, recursive: true);

    public string Name => "log";

    public IEnumerable<byte[]> Corpus()
    {
        AuditEvent refused = new(AuditEventKind.Refused) { Address = "a:1", Reason = "Timeout" };
        AuditEvent lost = new(AuditEventKind.Lost) { Detail = "a \"quoted\" Ä" };
        byte[] one = StationLogEntry.Write(1, DateTimeOffset.UnixEpoch, refused, 3, StationLogEntry.FirstPrevious, out string first);
        byte[] two = StationLogEntry.Write(2, DateTimeOffset.UnixEpoch, lost, 1, first, out string second);
        byte[] three = StationLogEntry.Write(3, DateTimeOffset.UnixEpoch, refused, 1, second, out _);
        return [one, [.. one, .. two, .. three], [.. one, .. two, .. three[..10]], [.. new byte[40_000], .. one]];
    }

    public bool Run(byte[] input)
    {
        string path = Path.Combine(_folder, "log");
        File.WriteAllBytes(path, input);
        StationLogReport report = StationLogVerifier.Verify(path);
        long lines = StationLogFile.Read(path).LongCount();
        if (report.EntryCount > lines || report.IsValid != (report.ProblemCount == 0))
        {
            throw new InvalidOperationException($"{report.EntryCount} entries in {lines} lines, valid: {report.IsValid}.");
        }

        return report is { IsValid: true, EntryCount: > 0 };
    }
}
