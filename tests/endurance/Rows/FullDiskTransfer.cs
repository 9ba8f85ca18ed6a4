using System.Security.Cryptography;
using SecureStation.Core;
using SecureStation.Core.Connecting;
using SecureStation.Core.Transfers;

namespace SecureStation.Endurance.Rows;

/// <summary>A file that comes onto a disk that is full: its sender is told, nothing stands under its name, and it arrives when there is room.</summary>
internal static class FullDiskTransfer
{
    public static async Task<int> FillAsync(SmallDisk disk, string source, CancellationToken token)
    {
        byte[] content = RandomNumberGenerator.GetBytes(300 * 1024);
        string file = Path.Combine(Directory.CreateDirectory(source).FullName, "file.bin");
        await File.WriteAllBytesAsync(file, content, token);
        string folder = Directory.CreateDirectory(Path.Combine(disk.Folder, "in")).FullName;
        string target = Path.Combine(folder, "file.bin");
        await using StationLoopback pair = await StationLoopback.CreateAsync(cancellationToken: token);
        await using var receiver = new FileReceiver(pair.Right, new FileReceiverOptions { Folder = folder });
        disk.Fill();
        int refused = await FullDiskRow.RefusesAsync(StationFault.StorageFailed, () => SendAsync(pair, file, token));
        SmallDisk.Require(!File.Exists(target), "a file under its name that is not whole");
        disk.Free();
        await SendAsync(pair, file, token);
        SmallDisk.Require((await File.ReadAllBytesAsync(target, token)).AsSpan().SequenceEqual(content), "the file's content");
        SmallDisk.Require(Directory.GetFileSystemEntries(folder).Length == 1, "what lies beside the file");
        File.Delete(target);
        return refused;
    }

    private static async Task SendAsync(StationLoopback pair, string file, CancellationToken token)
    {
        StationTransfer transfer = FileSender.Start(pair.Left, file);
        await transfer.WaitAsync(token);
        if (transfer.Error is { } error)
        {
            throw error;
        }
    }
}
