namespace SecureStation.Core.Protocols;

/// <summary>What only the old, insecure protocols look at.</summary>
public sealed record LegacyOptions
{
    /// <summary>Whether they may be used at all. Nothing insecure happens by default.</summary>
    public bool IsAllowed { get; init; }

    /// <summary>What a client calls itself in a chat; sent in clear or with a worthless cipher, and never checked.</summary>
    public string? DisplayName { get; init; }

    /// <summary>Bits of the RSA key that is made for a client or listener; 0 is what the old programs use, 1024.</summary>
    public int KeySize { get; init; }

    /// <summary>A PEM file with an RSA private key to use instead of making one; never one that a key store holds.</summary>
    public string? KeyPath { get; init; }
}
