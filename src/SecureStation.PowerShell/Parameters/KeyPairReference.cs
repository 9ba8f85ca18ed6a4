using SecureStation.Core.Keys;
using SecureStation.Core.Keys.Files;

namespace SecureStation;

/// <summary>A -KeyPair: a key pair itself, or the name of one in the key store. PowerShell makes it of either.</summary>
public sealed class KeyPairReference
{
    /// <summary>A key pair that the script holds.</summary>
    public KeyPairReference(StationKeyPair keyPair) => KeyPair = keyPair;

    /// <summary>The name of a key pair in the key store.</summary>
    public KeyPairReference(string name) => Name = name;

    /// <summary>An entry that Get-StationKeyPair wrote.</summary>
    public KeyPairReference(KeyStoreEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        Name = entry.Name;
        Directory = Path.GetDirectoryName(entry.Path);
    }

    /// <summary>The key pair; null where only its name is known.</summary>
    public StationKeyPair? KeyPair { get; }

    /// <summary>The name in the key store; null where the pair itself is there.</summary>
    public string? Name { get; }

    /// <summary>The key store that the name is of; null for the one that the command uses.</summary>
    internal string? Directory { get; }

    /// <inheritdoc/>
    public override string ToString() => Name ?? KeyPair!.ToString();
}
