using System.Security.Cryptography;
using SecureStation.Core.Age;
using SecureStation.Core.Keys;
using SecureStation.Core.Storage;

namespace SecureStation.Core.Sealing.Cards;

/// <summary>
/// All sealing keys of one identity, the newest first: old ones open what was sealed to old cards. They open and do not sign: a machine that works on
/// an identity's mail needs no more. <see cref="Dispose"/> zeroes them.
/// </summary>
public sealed class StationSealingKeys : IDisposable
{
    private const int MaxFileLength = 1024 * 1024;

    internal StationSealingKeys(Fingerprint identity, string box, long lastSerial, bool isComplete, IReadOnlyList<StationSealingKey> keys)
    {
        Fingerprint = identity;
        Box = box;
        LastSerial = lastSerial;
        IsComplete = isComplete;
        Keys = keys;
    }

    /// <summary>The identity whose they are.</summary>
    public Fingerprint Fingerprint { get; }

    /// <summary>The identity's address in mailboxes.</summary>
    public string Box { get; }

    /// <summary>The keys, the newest first.</summary>
    public IReadOnlyList<StationSealingKey> Keys { get; }

    /// <summary>Whether none was ever removed, nor is this a copy, so that what none of them opens was sealed for others.</summary>
    public bool IsComplete { get; }

    /// <summary>The highest serial that a card of the identity ever had; the next is higher.</summary>
    internal long LastSerial { get; }

    /// <summary>Reads a file that <c>Export-StationSealingKey</c> wrote.</summary>
    /// <exception cref="StationException">
    /// <see cref="StationFault.NotFound"/>, <see cref="StationFault.StorageFailed"/>, <see cref="StationFault.InvalidKey"/>, <see cref="StationFault.WrongPassphrase"/>
    /// </exception>
    public static StationSealingKeys ReadFile(string path, ReadOnlySpan<char> passphrase) => ReadFile(path, passphrase, guard: null);

    internal static StationSealingKeys ReadFile(string path, ReadOnlySpan<char> passphrase, FileGuard? guard)
    {
        byte[] file = IdentityFile.ReadBounded(path, MaxFileLength, guard);
        byte[] text = [];
        try
        {
            text = IdentityFile.Open(file, passphrase);
            return SealingKeyText.Read(path, text);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(file);
            CryptographicOperations.ZeroMemory(text);
        }
    }

    /// <summary>The bytes of a file, sealed under the passphrase, in clear where that is empty. The caller zeroes them.</summary>
    public byte[] ToFile(ReadOnlySpan<char> passphrase) => ToFile(passphrase, IdentityFile.TravelWorkFactor);

    private byte[] ToFile(ReadOnlySpan<char> passphrase, int workFactor)
    {
        byte[] text = SealingKeyText.Write(this);
        try
        {
            return IdentityFile.Seal(text, passphrase, workFactor);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(text);
        }
    }

    /// <summary>Writes such a file, mode 0600, whole or not at all.</summary>
    /// <exception cref="StationException"><see cref="StationFault.AlreadyExists"/>, <see cref="StationFault.StorageFailed"/></exception>
    public void WriteFile(string path, ReadOnlySpan<char> passphrase, bool overwrite = false) => WriteFile(path, passphrase, overwrite, IdentityFile.TravelWorkFactor);

    internal void WriteFile(string path, ReadOnlySpan<char> passphrase, bool overwrite, int workFactor)
    {
        byte[] file = ToFile(passphrase, workFactor);
        try
        {
            AtomicFile.Write(path, file, isPrivate: true, overwrite);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(file);
        }
    }

    /// <summary>Each key as one who opens. They live as long as this.</summary>
    public IReadOnlyList<SealIdentity> ToIdentities() =>
        [.. Keys.SelectMany(static key => new AgeIdentity[] { key.Hybrid, key.X25519 }).Select(identity => SealIdentity.OfAge(identity, Fingerprint.Text))];

    /// <summary>Whether all that a card names is here.</summary>
    public bool HasKeysOf(StationCard card)
    {
        ArgumentNullException.ThrowIfNull(card);
        return card.Recipients.All(recipient => Keys.Any(key => key.Recipients.Contains(recipient)));
    }

    /// <summary>A copy for another machine, without any sign of being all.</summary>
    public StationSealingKeys ToCopy() => new(Fingerprint, Box, LastSerial, isComplete: false, Keys);

    /// <summary>The identity and how many.</summary>
    public override string ToString() => $"{Keys.Count} sealing keys of {Fingerprint}";

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (StationSealingKey key in Keys)
        {
            key.Hybrid.Dispose();
            key.X25519.Dispose();
        }
    }
}
