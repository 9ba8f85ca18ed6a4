using System.Text;
using SecureStation.Core.Age;
using SecureStation.Core.Keys;
using SecureStation.Core.Keys.Files;
using SecureStation.Core.Storage;

namespace SecureStation.Core.Sealing.Cards;

/// <summary>
/// The sealing keys beside an identity in its key store: <c>NAME.sealing</c> the keys, under the identity's passphrase, and <c>NAME.card</c> the newest
/// card. A name may have sealing keys without an identity: those of a machine that only works on its mail.
/// </summary>
public sealed class SealingKeyStore
{
    /// <summary>The card is made anew when it is good for less than this.</summary>
    public static readonly TimeSpan RenewalTime = TimeSpan.FromDays(30);

    internal const string KeysSuffix = ".sealing";
    internal const string CardSuffix = ".card";
    private const int MaxCardFile = 64 * 1024;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly KeyStore _store;

    /// <summary>The sealing keys of a key store.</summary>
    public SealingKeyStore(KeyStore store)
    {
        ArgumentNullException.ThrowIfNull(store);
        _store = store;
    }

    /// <summary>Whether there are sealing keys of that name.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: not a name.</exception>
    public bool Contains(string name) => File.Exists(KeysPath(name));

    /// <summary>The names that have sealing keys.</summary>
    public IReadOnlyList<string> List()
    {
        _store.RequireSecure();
        return [.. StorageErrors.Map(_store.Directory, () => PrivateFolder.Files(_store.Directory, "*" + KeysSuffix))
            .Select(static file => Path.GetFileName(file)[..^KeysSuffix.Length])
            .Where(KeyStore.IsValidName)
            .Order(StringComparer.Ordinal)];
    }

    /// <summary>Opens the sealing keys of a name.</summary>
    /// <exception cref="StationException">
    /// <see cref="StationFault.SealingKeyMissing"/>: there are none; <see cref="StationFault.WrongPassphrase"/>;
    /// <see cref="StationFault.InvalidKey"/>: damaged, or open to others; <see cref="StationFault.StorageFailed"/>.
    /// </exception>
    public StationSealingKeys Load(string name, ReadOnlySpan<char> passphrase)
    {
        string path = KeysPath(name);
        _store.RequireSecure();
        if (!File.Exists(path))
        {
            throw new StationException(StationFault.SealingKeyMissing, $"'{name}' has no sealing keys in '{_store.Directory}'. Export-StationCard makes them.");
        }

        StationSealingKeys keys = StationSealingKeys.ReadFile(path, passphrase, KeyStore.PrivateFileGuard);
        foreach (StationSealingKey key in keys.Keys)
        {
            key.Name = name;
        }

        return keys;
    }

    /// <summary>The newest card of a name, whether good or not; null where there is none. It takes no passphrase.</summary>
    /// <exception cref="StationException"><see cref="StationFault.StorageFailed"/>, <see cref="StationFault.InvalidCard"/>, <see cref="StationFault.InvalidKey"/></exception>
    public StationCard? FindCard(string name)
    {
        string path = _store.FileOf(name, CardSuffix);
        _store.RequireSecure();
        try
        {
            byte[] file = BoundedFile.Read(path, MaxCardFile) ?? throw CardErrors.Invalid($"'{path}' is too large");
            return StationCard.Parse(Encoding.Latin1.GetString(file));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>The card of an identity that need not be made anew: good for 30 days more, and its keys are here. Null where there is no such.</summary>
    public StationCard? FindCurrentCard(string name, StationPublicKey identity, DateTimeOffset now)
    {
        StationCard? card = Contains(name) ? FindCard(name) : null;
        return card is not null && card.PublicKey.Equals(identity) && now >= card.NotBefore - StationCard.ClockTolerance && now < card.NotAfter - RenewalTime ? card : null;
    }

    /// <summary>The card of an identity: the one that there is until 30 days before its end, then a new one of the same keys. Keys are made where there are none.</summary>
    /// <exception cref="StationException">As <see cref="Load"/>; <see cref="StationFault.InvalidKey"/> too where the sealing keys of that name are another identity's.</exception>
    public StationCard ExportCard(StationKeyPair identity, string name, ReadOnlySpan<char> passphrase, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(identity);
        using FileStream held = Lock();
        if (FindCurrentCard(name, identity.PublicKey, now) is { } current)
        {
            return current;
        }

        using StationSealingKeys keys = LoadOrCreate(identity, name, passphrase);

        // The key of the newest card, unless that was removed: an older one is not named again.
        StationSealingKey newest = keys.Keys is [var first, ..] && first.Serial == keys.LastSerial ? first : CreateKey(now);
        return WriteCard(identity, name, passphrase, keys, newest, keys.Keys.Where(key => key != newest), keys.IsComplete, now);
    }

    /// <summary>Makes new sealing keys and a card of them. Old ones stay, but for those made longer ago than <paramref name="forgetOlderThan"/>, which are deleted.</summary>
    /// <inheritdoc cref="ExportCard" path="/exception"/>
    public StationCard UpdateCard(StationKeyPair identity, string name, ReadOnlySpan<char> passphrase, DateTimeOffset now, TimeSpan? forgetOlderThan = null)
    {
        ArgumentNullException.ThrowIfNull(identity);
        using FileStream held = Lock();
        using StationSealingKeys keys = LoadOrCreate(identity, name, passphrase);
        StationSealingKey[] kept = [.. keys.Keys.Where(key => forgetOlderThan is not { } age || key.Made > now - age)];
        return WriteCard(identity, name, passphrase, keys, CreateKey(now), kept, keys.IsComplete && kept.Length == keys.Keys.Count, now);
    }

    /// <summary>Deletes sealing keys, and the card if it names one of them: what was sealed to them opens no more. Returns what was deleted.</summary>
    /// <exception cref="StationException">As <see cref="Load"/>.</exception>
    public IReadOnlyList<StationSealingKey> Remove(string name, ReadOnlySpan<char> passphrase, Func<StationSealingKey, bool> which)
    {
        ArgumentNullException.ThrowIfNull(which);
        using FileStream held = Lock();
        using StationSealingKeys keys = Load(name, passphrase);
        StationSealingKey[] removed = [.. keys.Keys.Where(which)];
        if (removed.Length > 0)
        {
            if (removed.Contains(keys.Keys[0]))
            {
                string card = _store.FileOf(name, CardSuffix);
                StorageErrors.Map(card, () => File.Delete(card));
            }

            Write(name, new StationSealingKeys(keys.Fingerprint, keys.Box, keys.LastSerial, isComplete: false, [.. keys.Keys.Except(removed)]), passphrase);
        }

        return removed;
    }

    /// <summary>Adds the keys of another machine to those of a name, under its passphrase; what is there of the same identity stays.</summary>
    /// <exception cref="StationException"><see cref="StationFault.AlreadyExists"/>: there are another identity's, and <paramref name="overwrite"/> is false; as <see cref="Load"/>.</exception>
    public void Import(string name, StationSealingKeys imported, ReadOnlySpan<char> passphrase, bool overwrite)
    {
        ArgumentNullException.ThrowIfNull(imported);
        StorageErrors.Map(_store.Directory, () => PrivateFolder.Create(_store.Directory));
        using FileStream held = Lock();
        if (!Contains(name))
        {
            Write(name, imported.ToCopy(), passphrase);
            return;
        }

        using StationSealingKeys keys = Load(name, passphrase);
        if (keys.Fingerprint != imported.Fingerprint)
        {
            if (!overwrite)
            {
                throw new StationException(StationFault.AlreadyExists, $"'{name}' has sealing keys of another identity, {keys.Fingerprint}.") { Subject = StationSubject.SealingKey };
            }

            Write(name, imported.ToCopy(), passphrase);
            return;
        }

        StationSealingKeys newer = imported.LastSerial > keys.LastSerial ? imported : keys;
        StationSealingKey[] all = [.. newer.Keys.Concat(keys.Keys).Concat(imported.Keys).DistinctBy(static key => key.Recipients[0], StringComparer.Ordinal).OrderByDescending(static key => key.Serial)];
        Write(name, new StationSealingKeys(keys.Fingerprint, newer.Box, newer.LastSerial, isComplete: false, all), passphrase);
    }

    private static StationSealingKey CreateKey(DateTimeOffset now) => new(serial: 0, now, now, HybridIdentity.Generate(), X25519Identity.Generate());

    private StationSealingKeys LoadOrCreate(StationKeyPair identity, string name, ReadOnlySpan<char> passphrase)
    {
        if (!Contains(name))
        {
            return new StationSealingKeys(identity.Fingerprint, BoxName.Create(), lastSerial: 0, isComplete: true, []);
        }

        StationSealingKeys keys = Load(name, passphrase);
        if (keys.Fingerprint != identity.Fingerprint)
        {
            keys.Dispose();
            throw KeyErrors.Invalid($"The sealing keys of '{name}' are those of another identity, {keys.Fingerprint}.", subject: StationSubject.SealingKey);
        }

        return keys;
    }

    // The keys first: a card that nobody has the keys of would lose mail; a serial that no card had loses nothing.
    private StationCard WriteCard(
        StationKeyPair identity, string name, ReadOnlySpan<char> passphrase, StationSealingKeys before, StationSealingKey newest, IEnumerable<StationSealingKey> old, bool isComplete, DateTimeOffset now)
    {
        // In whole milliseconds, as it is written.
        now = DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds());
        long serial = Math.Max(now.ToUnixTimeMilliseconds(), before.LastSerial + 1);
        StationCard card = StationCard.Create(identity, newest.Recipients, before.Box, serial, now);
        using var after = new StationSealingKeys(identity.Fingerprint, before.Box, serial, isComplete, [newest.NamedBy(card), .. old]);
        Write(name, after, passphrase);
        card.WriteFile(_store.FileOf(name, CardSuffix), overwrite: true);
        return card;
    }

    private void Write(string name, StationSealingKeys keys, ReadOnlySpan<char> passphrase) => keys.WriteFile(KeysPath(name), passphrase, overwrite: true, IdentityFile.StoreWorkFactor);

    // One writer at a time: of two, one would lose the keys that the other's card names.
    private FileStream Lock()
    {
        _store.RequireSecure();
        return LockFile.Acquire(Path.Combine(_store.Directory, "sealing.lock"), s_patience);
    }

    private string KeysPath(string name) => _store.FileOf(name, KeysSuffix);
}
