using System.Security.Cryptography;
using System.Text;
using SecureStation.Core;
using SecureStation.Core.Keys;
using SecureStation.Core.Keys.Files;
using SecureStation.Core.Notary.Legacy;

namespace SecureStation;

/// <summary>A notary's -KeyPair: of a log, a station's key pair or its name; of the old notary, a key pair of its own.</summary>
public sealed class NotaryKeyReference
{
    private readonly LegacyKeyPair? _legacy;

    /// <summary>A station's key pair.</summary>
    public NotaryKeyReference(StationKeyPair keyPair) => Station = new KeyPairReference(keyPair);

    /// <summary>The name of a key pair in the key store.</summary>
    public NotaryKeyReference(string name) => Station = new KeyPairReference(name);

    /// <summary>An entry that Get-StationKeyPair wrote.</summary>
    public NotaryKeyReference(KeyStoreEntry entry) => Station = new KeyPairReference(entry);

    /// <summary>A key pair of the old notary.</summary>
    public NotaryKeyReference(LegacyKeyPair keyPair) => _legacy = keyPair;

    /// <summary>The reference to a station's key pair; null of an old one.</summary>
    internal KeyPairReference? Station { get; }

    /// <summary>The key pair for a log.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/>: it is one of the old notary.</exception>
    internal KeyPairReference RequireStation() =>
        Station ?? throw new StationException(StationFault.InvalidKey, "A key pair of the old notary signs no log: give one that New-StationKeyPair made.");

    /// <summary>
    /// The key pair for the old notary. A station's RSA key will do if no key store holds it: an identity must not sign without saying for
    /// what, as that protocol does.
    /// </summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/></exception>
    internal LegacyKeyPair RequireLegacy(INotaryWire wire)
    {
        if (_legacy is not null)
        {
            return _legacy;
        }

        if (Station!.KeyPair is not { Name: null, Algorithm: StationKeyAlgorithm.Rsa } keyPair)
        {
            throw new StationException(
                StationFault.InvalidKey,
                "The document notary takes an RSA key pair of its own, no identity of the key store: Import-StationKeyPair reads the old files, New-StationKeyPair -Algorithm Rsa makes one in memory.");
        }

        byte[] pem = KeyFile.FormatPrivate(keyPair);
        char[] text = Encoding.ASCII.GetChars(pem);
        try
        {
            return wire.ReadKeyPair(text, default);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pem);
            Array.Clear(text);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => _legacy?.ToString() ?? Station!.ToString();
}
