using SecureStation.Core.Connecting;
using SecureStation.Core.Transfers;

namespace SecureStation.Core.Tests.Transfers;

/// <summary>Two stations in memory; the left sends from one folder, the right takes into another.</summary>
internal sealed class TransferPair : IAsyncDisposable
{
    private readonly TemporaryFolder _source;
    private readonly TemporaryFolder _destination;

    private TransferPair(StationLoopback loopback, TemporaryFolder source, TemporaryFolder destination)
    {
        Loopback = loopback;
        _source = source;
        _destination = destination;
    }

    public StationLoopback Loopback { get; }

    public string Source => _source.Path;

    public string Destination => _destination.Path;

    public static async Task<TransferPair> CreateAsync(Core.StationLimits? limits = null) =>
        new(await StationLoopback.CreateAsync(limits: limits), new TemporaryFolder(), new TemporaryFolder());

    /// <summary>The same folders and identities over another connection.</summary>
    public async Task<TransferPair> AgainAsync(Core.Keys.StationKeyPair left) =>
        new(await StationLoopback.CreateAsync(left), _source, _destination);

    public FileReceiver Receive(Func<FileReceiverOptions, FileReceiverOptions>? options = null) =>
        new(Loopback.Right, (options ?? (static o => o))(new FileReceiverOptions { Folder = Destination }));

    public StationTransfer Send(string name, FileSenderOptions? options = null) => FileSender.Start(Loopback.Left, Path.Combine(Source, name), options);

    /// <summary>Makes a file of random bytes.</summary>
    public byte[] Make(string name, int length)
    {
        byte[] bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        Write(name, bytes);
        return bytes;
    }

    public void Write(string name, byte[] bytes)
    {
        string path = Path.Combine(Source, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
    }

    public byte[] Received(string name) => File.ReadAllBytes(Path.Combine(Destination, name));

    /// <summary>All that lies in the destination, unfinished files included.</summary>
    public string[] Everything() => [.. Directory.EnumerateFileSystemEntries(Destination, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Destination, path).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    public static async Task<StationException?> EndAsync(StationTransfer transfer)
    {
        await transfer.WaitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return transfer.Error;
    }

    public static async Task CompletedAsync(StationTransfer transfer) =>
        Assert.True(await EndAsync(transfer) is null && transfer.State == TransferState.Completed, transfer.Error?.ToString());

    public static async Task FailedAsync(StationFault fault, StationTransfer transfer)
    {
        StationException? error = await EndAsync(transfer);
        Assert.True(error?.Fault == fault, $"{error} instead of {fault}");
    }

    public async ValueTask DisposeAsync()
    {
        await Loopback.DisposeAsync();
        _source.Dispose();
        _destination.Dispose();
    }
}
