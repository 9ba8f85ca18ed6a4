namespace SecureStation.Core.Notary.Legacy;

/// <summary>What the old notary's first client sends to the second.</summary>
public sealed record DocumentForward
{
    /// <summary>The port of the old second client.</summary>
    public const int DefaultPort = 4444;

    /// <summary>A name or an address.</summary>
    public required string Host { get; init; }

    /// <summary>The port.</summary>
    public int Port { get; init; } = DefaultPort;

    /// <summary>The shared password: 16, 24 or 32 bytes, used as the AES key. The caller zeroes it.</summary>
    public required ReadOnlyMemory<byte> Password { get; init; }

    /// <summary>The document; its line feeds are left out as the original does.</summary>
    public required ReadOnlyMemory<byte> Document { get; init; }

    /// <summary>Its receipt.</summary>
    public required DocumentReceipt Receipt { get; init; }
}
