using System.Security.Cryptography;

namespace SecureStation.Core.Age;

/// <summary>A passphrase that opens. The stanza is drawn at <see cref="ScryptStanza"/>.</summary>
/// <param name="passphrase">The passphrase, not empty; it is copied.</param>
/// <param name="maxWorkFactor">The highest work factor that is done: 2^this KiB of memory.</param>
/// <exception cref="StationException"><see cref="StationFault.WrongPassphrase"/>: empty.</exception>
internal sealed class ScryptIdentity(ReadOnlySpan<char> passphrase, int maxWorkFactor = 22) : AgeIdentity
{
    private readonly SecretBytes _passphrase = ScryptStanza.TakePassphrase(passphrase);

    /// <inheritdoc/>
    public override string StanzaType => ScryptStanza.Type;

    /// <inheritdoc/>
    public override byte[]? Unwrap(AgeStanza stanza)
    {
        (byte[] salt, int workFactor) = ScryptStanza.Check(stanza, maxWorkFactor);
        byte[] wrapKey = ScryptStanza.DeriveWrapKey(_passphrase, salt, workFactor);
        try
        {
            return AgeKeys.Unwrap(wrapKey, stanza.Body);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(wrapKey);
        }
    }

    /// <inheritdoc/>
    public override void Dispose() => _passphrase.Dispose();
}
