using System.Globalization;

namespace SecureStation.Core.Transfers;

/// <summary>What one peer may still send: bytes and files, however many sessions and transfers it takes for them.</summary>
internal sealed class TransferQuota(long maxBytes, long maxFiles)
{
    private readonly Lock _gate = new();
    private long _bytes;
    private long _files;

    /// <summary>Takes a file, or a folder that is made.</summary>
    /// <exception cref="StationException"><see cref="StationFault.TransferLimit"/></exception>
    public void TakeFile()
    {
        lock (_gate)
        {
            if (_files >= maxFiles)
            {
                throw Reached($"{maxFiles} files");
            }

            _files++;
        }
    }

    /// <summary>Takes bytes; those that do not come are given back by <see cref="Return"/>.</summary>
    /// <inheritdoc cref="TakeFile"/>
    public void Take(long bytes)
    {
        lock (_gate)
        {
            if (bytes > maxBytes - _bytes)
            {
                throw Reached($"{maxBytes} bytes");
            }

            _bytes += bytes;
        }
    }

    public void Return(long bytes)
    {
        lock (_gate)
        {
            _bytes -= bytes;
        }
    }

    private static StationException Reached(FormattableString limit) =>
        new(StationFault.TransferLimit, string.Create(CultureInfo.InvariantCulture, $"No more than {limit.ToString(CultureInfo.InvariantCulture)} are taken from this peer."));
}
