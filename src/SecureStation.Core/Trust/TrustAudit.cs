using SecureStation.Core.Auditing;
using SecureStation.Core.Keys;

namespace SecureStation.Core.Trust;

/// <summary>Tells the trail of each change of a trust store.</summary>
internal static class TrustAudit
{
    public static void Added(PeerRecord record, bool replaces) =>
        Report(record.Name, record.Fingerprint, replaces ? "added in the place of others" : "added", Describe(record));

    public static void Changed(PeerRecord record) => Report(record.Name, record.Fingerprint, "changed", Describe(record));

    public static void Revoked(Fingerprint fingerprint, string? name) => Report(name, fingerprint, "revoked", "May not connect any more.");

    public static void Removed(Fingerprint fingerprint) => Report(null, fingerprint, "removed", null);

    public static void Pinned(string address, Fingerprint fingerprint) =>
        AuditTrail.Report(new AuditEvent(AuditEventKind.Trust) { Address = address, Fingerprint = fingerprint.ToString(), Reason = "pinned" });

    private static void Report(string? name, Fingerprint fingerprint, string reason, string? detail) =>
        AuditTrail.Report(new AuditEvent(AuditEventKind.Trust) { Peer = name, Fingerprint = fingerprint.ToString(), Reason = reason, Detail = detail });

    private static string Describe(PeerRecord record) =>
        (record.Accept ? "May connect" : "May not connect")
        + (record.Addresses.Count == 0 ? "" : $"; pinned to {string.Join(", ", record.Addresses)}")
        + (record.Capabilities.Count == 0 ? "." : $"; only for {string.Join(", ", record.Capabilities)}.");
}
