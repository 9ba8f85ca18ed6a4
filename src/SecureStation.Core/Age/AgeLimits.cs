namespace SecureStation.Core.Age;

/// <summary>What a reader of age files takes; the format itself sets no bounds.</summary>
internal sealed record AgeLimits
{
    /// <summary>The limits of sealed messages.</summary>
    public static AgeLimits Default { get; } = new();

    /// <summary>Bytes of the header, from the first to the line end after the MAC.</summary>
    public int HeaderBytes { get; init; } = 256 * 1024;

    /// <summary>Stanzas in the header. Each is a recipient, and may cost an identity a key agreement.</summary>
    public int Stanzas { get; init; } = 128;

    /// <summary>The highest work factor of a passphrase: the base-2 logarithm of N. Opening takes 2^this KiB of memory; 22 is 4 GiB, as in the reference.</summary>
    public int WorkFactor { get; init; } = 22;
}
