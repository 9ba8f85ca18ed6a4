namespace SecureStation.Core.Transfers;

/// <summary>Where received files go, and how much is taken.</summary>
public sealed record FileReceiverOptions
{
    /// <summary>The most bytes that a peer may send where nothing else is said: 10 GiB.</summary>
    public const long DefaultMaxBytes = 10L << 30;

    /// <summary>The most files that a peer may send where nothing else is said: 100,000.</summary>
    public const long DefaultMaxFiles = 100_000;

    /// <summary>The window that a listener with a folder announces where nothing else is said: 8 MiB, of which files get half.</summary>
    public const int ListenerWindow = 8 * 1024 * 1024;

    /// <summary>The folder that files are written into, and never outside of it. It must exist.</summary>
    public required string Folder { get; init; }

    /// <summary>Whether files that exist are replaced.</summary>
    public bool Overwrite { get; init; }

    /// <summary>The most bytes of one peer, in all. <see cref="DefaultMaxBytes"/>.</summary>
    public long MaxBytes { get; init; } = DefaultMaxBytes;

    /// <summary>The most files of one peer, in all. <see cref="DefaultMaxFiles"/>.</summary>
    public long MaxFiles { get; init; } = DefaultMaxFiles;

    /// <summary>After so long without a word about a file its transfer is ended; what came stays to be gone on with. 10 min.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Opens the unfinished file of an offer: its target, the sender, the offer. Tests put other disks in its place.</summary>
    internal Func<string, string, TransferOffer, IPartFile> OpenPart { get; init; } = PartFile.Open;
}
