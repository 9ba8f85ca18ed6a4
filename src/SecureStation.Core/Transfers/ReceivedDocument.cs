using SecureStation.Core.Notary.Timestamps;
using SecureStation.Core.Sessions;

namespace SecureStation.Core.Transfers;

/// <summary>A document that came with a timestamp, and what was found.</summary>
public sealed class ReceivedDocument
{
    internal ReceivedDocument(StationSession? session, string name, long length, string? path, DocumentVerdict verdict, TimestampReport? report)
    {
        Session = session;
        Name = name;
        Length = length;
        Path = path;
        Verdict = verdict;
        Report = report;
    }

    /// <summary>The name that the sender gave it.</summary>
    public string Name { get; }

    /// <summary>Bytes of the document.</summary>
    public long Length { get; }

    /// <summary>Where it is kept; null where it was not.</summary>
    public string? Path { get; }

    /// <summary>Whether its timestamp holds.</summary>
    public bool IsValid => Verdict.IsValid;

    /// <summary>What the sender was told.</summary>
    public DocumentVerdict Verdict { get; }

    /// <summary>The verification in detail; null where it did not come to that.</summary>
    public TimestampReport? Report { get; }

    /// <summary>The time of the timestamp.</summary>
    public DateTimeOffset? Time => Verdict.Time;

    /// <summary>The session that it came from.</summary>
    public StationSession? Session { get; }
}
