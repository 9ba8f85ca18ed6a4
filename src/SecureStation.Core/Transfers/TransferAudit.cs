using System.Globalization;
using SecureStation.Core.Auditing;

namespace SecureStation.Core.Transfers;

/// <summary>Tells the trail of transfers: their names, never what is in them.</summary>
internal static class TransferAudit
{
    public static void Began(StationTransfer transfer)
    {
        if (AuditTrail.IsWatched)
        {
            AuditTrail.Report(Event(transfer) with { Reason = "began", Detail = $"{transfer.Direction} '{transfer.Name}'." });
        }
    }

    public static void Ended(StationTransfer transfer)
    {
        if (AuditTrail.IsWatched)
        {
            string files = transfer.IsFolder && transfer.Direction == TransferDirection.Send ? $", {transfer.FilesDone} files, {transfer.FilesFailed} failed" : string.Empty;
            AuditTrail.Report(Event(transfer) with
            {
                Reason = transfer.Error?.Fault.ToString() ?? "completed",
                Detail = string.Create(CultureInfo.InvariantCulture, $"{transfer.Direction} '{transfer.Name}': {transfer.BytesDone} of {transfer.Length} bytes{files}. {transfer.Error?.Message}").TrimEnd(),
            });
        }
    }

    private static AuditEvent Event(StationTransfer transfer) => new(AuditEventKind.Transfer)
    {
        Session = transfer.Session.Id,
        Address = transfer.Session.RemoteAddress,
        Peer = transfer.Session.PeerName,
        Fingerprint = transfer.Session.RemoteFingerprint,
    };
}
