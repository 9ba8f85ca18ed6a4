namespace SecureStation.Core.Keys.Files;

/// <summary>What a <see cref="KeyStore"/> tells of a key without opening it.</summary>
public sealed record KeyStoreEntry
{
    /// <summary>The key's name in the store.</summary>
    public required string Name { get; init; }

    /// <summary>The public half; null where <see cref="Problem"/> says why it could not be read.</summary>
    public StationPublicKey? PublicKey { get; init; }

    /// <summary>The kind of key; null where the public half could not be read.</summary>
    public StationKeyAlgorithm? Algorithm => PublicKey?.Algorithm;

    /// <summary>The fingerprint; null where the public half could not be read.</summary>
    public Fingerprint? Fingerprint => PublicKey?.Fingerprint;

    /// <summary>Whether the private key needs a passphrase.</summary>
    public required bool IsEncrypted { get; init; }

    /// <summary>The private key file.</summary>
    public required string Path { get; init; }

    /// <summary>What is wrong with the files of this key; null where nothing is.</summary>
    public StationException? Problem { get; init; }
}
