using System.Net;

namespace SecureStation.Core.Notary;

/// <summary>A running notary, of whatever protocol. Thread-safe.</summary>
public interface INotaryServer : IAsyncDisposable
{
    /// <summary>A short name, unique in this process.</summary>
    string Id { get; }

    /// <summary>What it speaks: <c>Timestamp</c> (RFC 3161), or the name of an old protocol.</summary>
    string Protocol { get; }

    /// <summary>The addresses it listens on; none where it serves sessions only.</summary>
    IReadOnlyList<IPEndPoint> EndPoints { get; }

    /// <summary>The port; 0 where it serves sessions only.</summary>
    int Port { get; }

    /// <summary>Where clients reach it; null where it serves sessions only.</summary>
    Uri? Uri { get; }

    /// <summary>Whether it still answers.</summary>
    bool IsListening { get; }

    /// <summary>When it started.</summary>
    DateTimeOffset StartedAt { get; }

    /// <summary>Requests that got what they asked for.</summary>
    long Granted { get; }

    /// <summary>Requests that did not.</summary>
    long Rejected { get; }

    /// <summary>Why the latest request was not answered, where the protocol has no words for it; null if there was none.</summary>
    StationException? LastFailure { get; }

    /// <summary>Stops answering; what was granted is on the disk then.</summary>
    Task StopAsync();
}
