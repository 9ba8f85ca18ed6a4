using SecureStation.Core.Storage;

namespace SecureStation.Core.Transfers;

/// <summary>A file that is sent: open from the offer to the end, so that it stays the same one.</summary>
internal sealed class SourceFile : ITransferSource
{
    private readonly FileStream _file;
    private readonly string _path;
    private readonly DateTime _modified;

    /// <summary>Opens it.</summary>
    /// <exception cref="StationException"><see cref="StationFault.NotFound"/>; <see cref="StationFault.StorageFailed"/>.</exception>
    public SourceFile(string path)
    {
        _path = path;
        try
        {
            _file = RegularFile.OpenRead(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new StationException(StationFault.NotFound, $"There is no file '{path}'.", e) { Subject = StationSubject.File };
        }
        catch (Exception e) when (StorageErrors.IsStorageError(e))
        {
            throw StorageErrors.Failed(path, e);
        }

        Length = RandomAccess.GetLength(_file.SafeFileHandle);
        _modified = File.GetLastWriteTimeUtc(_file.SafeFileHandle);
    }

    /// <inheritdoc/>
    public long Length { get; }

    /// <inheritdoc/>
    public TransferOffer CreateOffer(IReadOnlyList<string> parts) => new(TransferId.Create(), parts, Length)
    {
        Modified = TransferOffer.ToWire(_modified),
        Created = TransferOffer.ToWire(File.GetCreationTimeUtc(_file.SafeFileHandle)),
        Mode = OperatingSystem.IsWindows() ? TransferOffer.NoMode : (ushort)((int)File.GetUnixFileMode(_file.SafeFileHandle) & 0x1FF),
    };

    /// <inheritdoc/>
    public void Read(long offset, Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int read;
            try
            {
                read = RandomAccess.Read(_file.SafeFileHandle, bytes, offset);
            }
            catch (Exception e) when (StorageErrors.IsStorageError(e))
            {
                throw StorageErrors.Failed(_path, e);
            }

            if (read == 0)
            {
                throw Changed();
            }

            bytes = bytes[read..];
            offset += read;
        }
    }

    /// <inheritdoc/>
    public void RequireUnchanged()
    {
        if (RandomAccess.GetLength(_file.SafeFileHandle) != Length || File.GetLastWriteTimeUtc(_file.SafeFileHandle) != _modified)
        {
            throw Changed();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private StationException Changed() => new(StationFault.SourceChanged, $"'{_path}' changed while it was sent.");
}
