using System.Security.Cryptography;
using SecureStation.Core.Notary.Timestamps;
using SecureStation.Core.Storage;

namespace SecureStation.Core.Transfers;

/// <summary>A document that is on its way: written to a temporary file and hashed as it comes.</summary>
internal sealed class IncomingDocument : IDisposable
{
    private const string TimestampSuffix = ".tsr";

    private readonly DocumentReceiverOptions _options;
    private readonly byte[] _timestamp;
    private readonly TimeStampToken _token;
    private readonly IncrementalHash _hash;
    private readonly FileStream _file;
    private readonly string _temporary;
    private readonly long _size;
    private long _written;

    private IncomingDocument(DocumentReceiverOptions options, string name, long size, byte[] timestamp)
    {
        _options = options;
        Name = name;
        _size = size;
        _timestamp = timestamp;
        _token = TimeStampToken.ParseFile(timestamp);
        HashAlgorithmName algorithm = _token.HashAlgorithm
            ?? throw new StationException(StationFault.TimestampAlgorithmRefused, "The timestamp uses a hash that is not accepted.");
        _temporary = Path.Combine(options.Folder, $".{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}{AtomicFile.TemporarySuffix}");
        _file = StorageErrors.Map(options.Folder, () => new FileStream(
            _temporary, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None }));
        _hash = IncrementalHash.CreateHash(algorithm);
    }

    public string Name { get; }

    public long Length => _written;

    /// <summary>Begins, or refuses.</summary>
    /// <exception cref="StationException">Why it is not taken.</exception>
    public static IncomingDocument Begin(DocumentReceiverOptions options, string? name, long size, byte[] timestamp)
    {
        RequireName(name);
        if (size < 0 || size > options.MaxSize)
        {
            throw new StationException(StationFault.MessageTooLarge, $"A document of {size} bytes is not taken; {options.MaxSize} are.");
        }

        foreach (string file in new[] { name!, name + TimestampSuffix })
        {
            if (!options.Overwrite && File.Exists(Path.Combine(options.Folder, file)))
            {
                throw new StationException(StationFault.AlreadyExists, $"There is a file '{file}' already.");
            }
        }

        return new IncomingDocument(options, name!, size, timestamp);
    }

    /// <exception cref="StationException"/>
    public void Add(ReadOnlySpan<byte> part)
    {
        if (part.Length > DocumentService.PartSize || part.Length > _size - _written)
        {
            throw new StationException(StationFault.ProtocolError, "More of the document came than was announced.");
        }

        try
        {
            _file.Write(part);
        }
        catch (Exception e) when (StorageErrors.IsStorageError(e))
        {
            throw StorageErrors.Failed(_options.Folder, e);
        }

        _hash.AppendData(part);
        _written += part.Length;
    }

    /// <summary>Verifies what came and keeps it if its timestamp holds.</summary>
    /// <returns>The report, and where the document is kept.</returns>
    /// <exception cref="StationException">It could not be verified or kept.</exception>
    public (TimestampReport Report, string? Path) Finish()
    {
        if (_written != _size)
        {
            throw new StationException(StationFault.Truncated, $"Only {_written} of {_size} bytes of the document came.");
        }

        TimestampReport report = TimestampVerifier.Verify(_token, _hash.GetHashAndReset(), _options.Trust);
        if (!report.IsValid)
        {
            return (report, null);
        }

        string path = Path.Combine(_options.Folder, Name);
        Keep(path);
        return (report, path);
    }

    public void Dispose()
    {
        _hash.Dispose();
        _file.Dispose();
        AtomicFile.TryDelete(_temporary);
    }

    // The timestamp first, then the document by a rename: whoever sees a document of that name sees all of it, with its timestamp.
    private void Keep(string path)
    {
        StorageErrors.Map(path, () =>
        {
            _file.Flush(flushToDisk: true);
            _file.Dispose();
        });
        AtomicFile.Write(path + TimestampSuffix, _timestamp, isPrivate: false, _options.Overwrite);
        bool isKept = false;
        try
        {
            isKept = StorageErrors.Map(path, () => AtomicFile.TryMove(_temporary, path, _options.Overwrite));
            if (!isKept)
            {
                throw new StationException(StationFault.AlreadyExists, $"There is a file '{Name}' already.");
            }
        }
        finally
        {
            if (!isKept && !_options.Overwrite)
            {
                AtomicFile.TryDelete(path + TimestampSuffix);
            }
        }
    }

    // The name comes from the peer and becomes a file's: nothing that leads out of the folder, hides, or names a device.
    private static void RequireName(string? name)
    {
        if (string.IsNullOrEmpty(name) || name.Length > DocumentService.MaxFileName || name[0] == '.' || name[^1] is '.' or ' '
            || name.Any(static c => char.IsControl(c) || "/\\:*?\"<>|".Contains(c, StringComparison.Ordinal)) || IsDevice(name))
        {
            throw new StationException(StationFault.InvalidArgument, "The document's name cannot be a file name here.");
        }
    }

    private static bool IsDevice(string name)
    {
        string stem = name.Split('.')[0].ToUpperInvariant();
        return stem is "CON" or "PRN" or "AUX" or "NUL" || (stem.Length == 4 && stem[..3] is "COM" or "LPT" && char.IsDigit(stem[3]));
    }
}
