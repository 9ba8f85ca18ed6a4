using SecureStation.Core.Age;

namespace SecureStation.Core.Sealing;

/// <summary>A passphrase under which messages are sealed (scrypt, 256 MiB for each guess). <see cref="Dispose"/> zeroes it.</summary>
public sealed class SealPassphrase : IDisposable
{
    private const int DefaultWorkFactor = ScryptStanza.DefaultWorkFactor;

    /// <summary>Takes a passphrase, which is copied.</summary>
    /// <exception cref="StationException"><see cref="StationFault.WrongPassphrase"/>: empty.</exception>
    public SealPassphrase(ReadOnlySpan<char> passphrase)
        : this(passphrase, DefaultWorkFactor)
    {
    }

    /// <summary>With another work factor, for tests.</summary>
    internal SealPassphrase(ReadOnlySpan<char> passphrase, int workFactor) => Recipient = new ScryptRecipient(passphrase, workFactor);

    internal ScryptRecipient Recipient { get; }

    /// <inheritdoc/>
    public void Dispose() => Recipient.Dispose();
}
