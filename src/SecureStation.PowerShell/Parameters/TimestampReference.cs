using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Notary.Legacy;
using SecureStation.Core.Notary.Timestamps;
using SecureStation.Core.Storage;

namespace SecureStation;

/// <summary>A -Timestamp: what Request-StationTimestamp wrote, or the file of it.</summary>
public sealed class TimestampReference
{
    private readonly StationTimestamp? _timestamp;
    private readonly DocumentReceipt? _receipt;
    private readonly string? _path;

    /// <summary>A timestamp.</summary>
    public TimestampReference(StationTimestamp timestamp) => _timestamp = timestamp;

    /// <summary>A receipt of the old notary.</summary>
    public TimestampReference(DocumentReceipt receipt) => _receipt = receipt;

    /// <summary>A file, without wildcards.</summary>
    public TimestampReference(string path) => _path = path;

    /// <summary>A file that Get-Item or Get-ChildItem wrote.</summary>
    public TimestampReference(FileInfo file)
    {
        ArgumentNullException.ThrowIfNull(file);
        _path = file.FullName;
    }

    /// <summary>The bytes of a response or token.</summary>
    /// <exception cref="StationException"/>
    internal byte[] Read(PSCmdlet cmdlet) => _timestamp?.ToBytes()
        ?? (_path is null ? throw new StationException(StationFault.InvalidArgument, "A receipt of the old notary is no timestamp.") : ReadFile(PathResolver.Existing(cmdlet, _path, isLiteral: true)[0]));

    /// <summary>The receipt.</summary>
    /// <exception cref="StationException"/>
    internal DocumentReceipt ReadReceipt(PSCmdlet cmdlet) => _receipt
        ?? (_path is null ? throw new StationException(StationFault.InvalidArgument, "A timestamp is no receipt of the old notary.") : DocumentReceipt.Parse(ReadFile(PathResolver.Existing(cmdlet, _path, isLiteral: true)[0])));

    /// <summary>Reads a file of a timestamp, which is small.</summary>
    /// <exception cref="StationException"><see cref="StationFault.TimestampMalformed"/>: it is not.</exception>
    internal static byte[] ReadFile(string path)
    {
        return BoundedFile.Read(path, TimeStampResponse.MaxSize)
            ?? throw new StationException(StationFault.TimestampMalformed, $"'{path}' is too large for a timestamp.");
    }

    /// <inheritdoc/>
    public override string ToString() => _path ?? _timestamp?.ToString() ?? _receipt!.ToString();
}
