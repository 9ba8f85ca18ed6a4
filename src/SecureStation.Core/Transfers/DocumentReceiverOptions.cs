using SecureStation.Core.Notary.Timestamps;

namespace SecureStation.Core.Transfers;

/// <summary>Where received documents go, and what is accepted.</summary>
public sealed record DocumentReceiverOptions
{
    /// <summary>The folder that documents with a valid timestamp are kept in, each with its <c>.tsr</c> beside it.</summary>
    public required string Folder { get; init; }

    /// <summary>What their timestamps must be.</summary>
    public required TimestampTrust Trust { get; init; }

    /// <summary>The largest document, in bytes. 1 GiB.</summary>
    public long MaxSize { get; init; } = 1L << 30;

    /// <summary>Whether files that exist are replaced.</summary>
    public bool Overwrite { get; init; }
}
