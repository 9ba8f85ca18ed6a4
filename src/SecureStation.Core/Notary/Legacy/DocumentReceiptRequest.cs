namespace SecureStation.Core.Notary.Legacy;

/// <summary>What the old notary's first client asks for, and of whom.</summary>
public sealed record DocumentReceiptRequest
{
    /// <summary>The first client's id in the original.</summary>
    public const string DefaultId = "1000";

    /// <summary>A name or an address.</summary>
    public required string Host { get; init; }

    /// <summary>The port.</summary>
    public int Port { get; init; } = DocumentNotaryOptions.DefaultPort;

    /// <summary>The client's id; the server finds its public key by it.</summary>
    public string Id { get; init; } = DefaultId;

    /// <summary>The client's key pair. It must be longer than the server's: the receipt is encrypted for it. Not disposed.</summary>
    public required LegacyKeyPair KeyPair { get; init; }

    /// <summary>The file of the server's public key.</summary>
    public required string ServerPublicKeyPath { get; init; }

    /// <summary>The document, whose line feeds are left out as the original does.</summary>
    public required ReadOnlyMemory<byte> Document { get; init; }
}
