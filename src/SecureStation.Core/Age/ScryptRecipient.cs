using System.Security.Cryptography;

namespace SecureStation.Core.Age;

/// <summary>Whoever knows a passphrase. The stanza is drawn at <see cref="ScryptStanza"/>.</summary>
internal sealed class ScryptRecipient : AgeRecipient, IDisposable
{
    // As high as a reader goes by default; 1 is the least that scrypt takes.
    private const int MaxWorkFactor = 22;

    private readonly SecretBytes _passphrase;
    private readonly int _workFactor;

    /// <summary>Takes a passphrase, which is copied.</summary>
    /// <param name="passphrase">The passphrase, not empty.</param>
    /// <param name="workFactor">The base-2 logarithm of N, 1 to 22: 2^this KiB of memory.</param>
    /// <exception cref="StationException"><see cref="StationFault.WrongPassphrase"/>: empty. <see cref="StationFault.InvalidArgument"/>: the work factor.</exception>
    public ScryptRecipient(ReadOnlySpan<char> passphrase, int workFactor = ScryptStanza.DefaultWorkFactor)
    {
        if (workFactor is < 1 or > MaxWorkFactor)
        {
            throw new StationException(StationFault.InvalidArgument, $"The work factor is 1 to {MaxWorkFactor}, not {workFactor}.");
        }

        _passphrase = ScryptStanza.TakePassphrase(passphrase);
        _workFactor = workFactor;
    }

    /// <inheritdoc/>
    public override bool MustBeAlone => true;

    /// <inheritdoc/>
    public override AgeStanza Wrap(ReadOnlySpan<byte> fileKey) => UnsafeWrap(fileKey, RandomNumberGenerator.GetBytes(ScryptStanza.SaltLength));

    /// <summary>Wraps with a given salt of 16 bytes, for known answers only.</summary>
    public AgeStanza UnsafeWrap(ReadOnlySpan<byte> fileKey, byte[] salt)
    {
        byte[] wrapKey = ScryptStanza.DeriveWrapKey(_passphrase, salt, _workFactor);
        try
        {
            string workFactor = _workFactor.ToString(System.Globalization.CultureInfo.InvariantCulture);
            return new AgeStanza(ScryptStanza.Type, [AgeBase64.Encode(salt), workFactor], AgeKeys.Wrap(wrapKey, fileKey));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(wrapKey);
        }
    }

    /// <summary>Zeroes the passphrase.</summary>
    public void Dispose() => _passphrase.Dispose();
}
