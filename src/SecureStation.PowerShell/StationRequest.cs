using SecureStation.Core.Requests;
using SecureStation.Core.Sessions;

namespace SecureStation;

/// <summary>A request as the script block sees it that Register-StationHandler registered: <c>$request</c>.</summary>
public sealed class StationRequest
{
    internal StationRequest(IncomingRequest request, object? argument)
    {
        Name = request.Name;
        Argument = argument;
        Session = request.Session;
        CancellationToken = request.CancellationToken;
        ReceivedAt = request.ReceivedAt.ToLocalTime();
    }

    /// <summary>The name by which the handler was asked.</summary>
    public string Name { get; }

    /// <summary>What the asker gave: text, bytes, or an object that does nothing; null for nothing.</summary>
    public object? Argument { get; }

    /// <summary>The session that it came by.</summary>
    public StationSession Session { get; }

    /// <summary>Who asks: the name in the trust store, else the fingerprint.</summary>
    public string? Peer => Session.PeerName ?? Session.RemoteFingerprint;

    /// <summary>The fingerprint of who asks, <c>SHA256:…</c>.</summary>
    public string? Fingerprint => Session.RemoteFingerprint;

    /// <summary>Cancelled when nobody waits for the answer any more. The pipeline is stopped then too; this is for calls that take a token.</summary>
    public CancellationToken CancellationToken { get; }

    /// <summary>When it came.</summary>
    public DateTimeOffset ReceivedAt { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} from {Peer}";
}
