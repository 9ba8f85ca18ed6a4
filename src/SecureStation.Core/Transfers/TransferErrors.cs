using System.Diagnostics.CodeAnalysis;

namespace SecureStation.Core.Transfers;

/// <summary>What can go wrong with a transfer: from a fault here to a reason on the wire, and from that to a fault there.</summary>
internal static class TransferErrors
{
    // ENOSPC and EDQUOT, ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL.
    private const int NoSpaceOnUnix = 28;
    private const int QuotaOnUnix = 122;
    private const int QuotaOnMac = 69;
    private const int DiskFullOnWindows = 0x70;
    private const int HandleDiskFullOnWindows = 0x27;

    /// <summary>The reason that a receiver gives for a fault.</summary>
    public static TransferReason ReasonOf(StationFault fault) => fault switch
    {
        StationFault.UnknownService => TransferReason.NotReceiving,
        StationFault.NotAllowed => TransferReason.NotAllowed,
        StationFault.AlreadyExists => TransferReason.AlreadyExists,
        StationFault.UnsafeName => TransferReason.UnsafeName,
        StationFault.TransferLimit => TransferReason.LimitReached,
        StationFault.StorageFailed => TransferReason.StorageFailed,
        StationFault.ContentMismatch => TransferReason.ContentMismatch,
        StationFault.TransferCanceled => TransferReason.Canceled,
        StationFault.Timeout => TransferReason.Timeout,
        StationFault.TransferBusy => TransferReason.Busy,
        _ => TransferReason.Broken,
    };

    /// <summary>What the sender gets for the receiver's reason.</summary>
    /// <param name="reason">Not <see cref="TransferReason.Ok"/>.</param>
    /// <param name="text">What the receiver said for people.</param>
    public static StationException Of(TransferReason reason, string text)
    {
        (StationFault fault, string message) = reason switch
        {
            TransferReason.NotReceiving => (StationFault.UnknownService, "The peer takes no files on this session"),
            TransferReason.NotAllowed => (StationFault.NotAllowed, "The peer takes no files from this station"),
            TransferReason.AlreadyExists => (StationFault.AlreadyExists, "The peer has another file of that name"),
            TransferReason.UnsafeName => (StationFault.UnsafeName, "The peer does not take the name"),
            TransferReason.LimitReached => (StationFault.TransferLimit, "The peer takes no more"),
            TransferReason.StorageFailed => (StationFault.StorageFailed, "The peer could not write the file"),
            TransferReason.ContentMismatch => (StationFault.ContentMismatch, "What the peer got is not what was announced"),
            TransferReason.Canceled => (StationFault.TransferCanceled, "The peer stopped the transfer"),
            TransferReason.Timeout => (StationFault.Timeout, "The peer has waited in vain"),
            TransferReason.Busy => (StationFault.TransferBusy, "The peer cannot take the file now"),
            _ => (StationFault.TransferBroken, "The peer ended the transfer: the protocol was broken"),
        };
        return new StationException(fault, text.Length == 0 ? $"{message}." : $"{message}: {ForeignText.Show(text)}")
        {
            Subject = StationSubject.PeersFile,
            PeerHint = text.Length == 0 ? null : text,
        };
    }

    /// <summary>What a receiver says of a failure: no path of this machine is in it.</summary>
    public static string TextFor(StationException failure) => failure.Fault switch
    {
        StationFault.StorageFailed => failure.InnerException switch
        {
            IOException e when (e.HResult & 0xFFFF) is NoSpaceOnUnix or QuotaOnUnix or QuotaOnMac or DiskFullOnWindows or HandleDiskFullOnWindows => "the disk is full",
            UnauthorizedAccessException => "access is denied",
            _ => "the file system failed",
        },
        StationFault.TransferCanceled or StationFault.Timeout or StationFault.NotAllowed or StationFault.UnknownService => string.Empty,
        _ => failure.Message,
    };

    public static StationException Broken(string what) => new(StationFault.TransferBroken, $"The peer broke the protocol of transfers: {what}.");

    [DoesNotReturn]
    public static void ThrowBroken(string what) => throw Broken(what);
}
