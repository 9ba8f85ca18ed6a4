using System.Globalization;
using System.Management.Automation;
using SecureStation.Core.Transfers;

namespace SecureStation.Commands;

/// <summary>What a progress bar says of a transfer: how much of how much, how fast, and how long still.</summary>
internal static class TransferProgress
{
    /// <summary>How often it is shown.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private static readonly string[] s_units = ["bytes", "KiB", "MiB", "GiB", "TiB"];

    /// <summary>The record of a transfer that goes on.</summary>
    public static ProgressRecord Of(StationTransfer transfer, string activity)
    {
        string rate = transfer.BytesPerSecond > 0 ? $", {Size(transfer.BytesPerSecond)}/s" : string.Empty;
        string files = transfer.IsFolder ? string.Create(CultureInfo.InvariantCulture, $"{transfer.FilesDone} files, ") : string.Empty;
        string status = transfer.State switch
        {
            TransferState.Waiting => "waiting for the peer",
            TransferState.Comparing => $"{files}comparing what is there: {Size(transfer.BytesDone)} of {Size(transfer.Length)}",
            _ => $"{files}{Size(transfer.BytesDone)} of {Size(transfer.Length)}{rate}",
        };
        return new ProgressRecord(0, activity, status)
        {
            // Of a folder nobody knows how much there is: it is not listed before it is sent.
            PercentComplete = transfer.IsFolder ? -1 : transfer.PercentComplete,
            SecondsRemaining = transfer.TimeLeft is { } left ? (int)Math.Min(int.MaxValue, left.TotalSeconds) : -1,
        };
    }

    /// <summary>Bytes for people.</summary>
    public static string Size(double bytes)
    {
        int unit = 0;
        while (bytes >= 1024 && unit < s_units.Length - 1)
        {
            bytes /= 1024;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{bytes.ToString(unit == 0 ? "0" : "0.0", CultureInfo.InvariantCulture)} {s_units[unit]}");
    }
}
