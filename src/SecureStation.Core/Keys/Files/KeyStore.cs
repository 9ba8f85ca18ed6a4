using System.Text.RegularExpressions;
using SecureStation.Core.Sealing.Cards;
using SecureStation.Core.Storage;

namespace SecureStation.Core.Keys.Files;

/// <summary>
/// Named key pairs in a directory (mode 0700): <c>NAME.pem</c> the private key, <c>NAME.pub.pem</c> its public half, there so that
/// listing needs no passphrase. The private file is the authority; the public one is written anew where it is missing.
/// </summary>
public sealed partial class KeyStore
{
    private const string PrivateSuffix = ".pem";
    private const string PublicSuffix = ".pub.pem";

    /// <summary>What every file with a secret must be.</summary>
    internal static readonly FileGuard PrivateFileGuard = new(FileGuard.Secret, static (path, flaw) =>
        KeyErrors.Invalid(
            $"The private key '{path}' {flaw.Why}.{(flaw.Subject == StationSubject.OpenFile ? " Consider it known." : "")} {flaw.Remedy}",
            subject: flaw.Subject));

    // Its mode is the user's umask: what counts is that the directory is closed to others.
    private static readonly FileGuard s_public = new(UnixFileMode.None, static (path, flaw) =>
        KeyErrors.Invalid($"The public key '{path}' {flaw.Why}. Delete it; it is written anew from the private key.", subject: StationSubject.PublicKeyFile));

    private readonly string _directory;

    /// <summary>Opens a key store. The directory is made when the first key is saved.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: no path.</exception>
    public KeyStore(string directory)
    {
        if (string.IsNullOrWhiteSpace(directory))
        {
            throw new StationException(StationFault.InvalidArgument, "A key store needs a directory.");
        }

        _directory = Path.GetFullPath(directory);
    }

    /// <summary><c>SecureStation/keys</c> in the platform's per-user configuration folder.</summary>
    /// <exception cref="StationException"><see cref="StationFault.NotFound"/>: the platform names no such folder.</exception>
    public static string DefaultDirectory => UserFolder.Path("keys");

    /// <summary>The store's directory, as a full path.</summary>
    public string Directory => _directory;

    /// <summary>The keys by name. One that cannot be read is listed too, with its problem.</summary>
    /// <exception cref="StationException"><see cref="StationFault.StorageFailed"/>; <see cref="StationFault.InvalidKey"/>: others can write to the directory.</exception>
    public IReadOnlyList<KeyStoreEntry> List()
    {
        RequireSecure();
        return [.. StorageErrors.Map(_directory, () => PrivateFolder.Files(_directory, "*" + PrivateSuffix))
            .Select(file => Path.GetFileName(file)!)
            .Where(file => !file.EndsWith(PublicSuffix, StringComparison.Ordinal))
            .Select(file => file[..^PrivateSuffix.Length])
            .Where(IsValidName)
            .Order(StringComparer.Ordinal)
            .Select(Describe)];
    }

    /// <summary>Whether the store holds a key of that name.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: not a name.</exception>
    public bool Contains(string name) => File.Exists(PrivatePath(name));

    /// <summary>Opens a key.</summary>
    /// <exception cref="StationException">
    /// <see cref="StationFault.NotFound"/>; <see cref="StationFault.InvalidArgument"/>: not a name;
    /// <see cref="StationFault.InvalidKey"/>: damaged, readable by others, another user's, a link, in a directory that others can write to, or its public
    /// file is another key's;
    /// <see cref="StationFault.WrongPassphrase"/>.
    /// </exception>
    public StationKeyPair Load(string name, ReadOnlySpan<char> passphrase = default)
    {
        string path = PrivatePath(name);
        RequireSecure();
        if (!File.Exists(path))
        {
            throw new StationException(StationFault.NotFound, $"The key store '{_directory}' has no key '{name}'.") { Subject = StationSubject.Key };
        }

        StationKeyPair keyPair = KeyFile.ReadPrivate(path, passphrase, PrivateFileGuard);
        try
        {
            RequirePublicFile(name, keyPair.PublicKey);
            keyPair.MarkStored(name, _directory);
            return keyPair;
        }
        catch
        {
            keyPair.Dispose();
            throw;
        }
    }

    /// <summary>Writes a key pair under a name, encrypted unless the passphrase is empty, and returns it, now stored and named.</summary>
    /// <exception cref="StationException">
    /// <see cref="StationFault.InvalidArgument"/>: not a name;
    /// <see cref="StationFault.AlreadyExists"/>: the name is taken, and <paramref name="overwrite"/> is false;
    /// <see cref="StationFault.StorageFailed"/>.
    /// </exception>
    public StationKeyPair Save(string name, StationKeyPair keyPair, ReadOnlySpan<char> passphrase = default, bool overwrite = false)
    {
        ArgumentNullException.ThrowIfNull(keyPair);
        string path = PrivatePath(name);
        StorageErrors.Map(_directory, () => PrivateFolder.Create(_directory));
        RequireSecure();

        // Without overwrite the private file decides who has the name; a public file left without one is nobody's.
        KeyFile.WritePrivate(path, keyPair, passphrase, overwrite);
        KeyFile.WritePublic(PublicPath(name), keyPair.PublicKey, overwrite: true);
        keyPair.MarkStored(name, _directory);
        return keyPair;
    }

    /// <summary>Deletes a key, both files, and the sealing keys and card beside it.</summary>
    /// <exception cref="StationException"><see cref="StationFault.NotFound"/>, <see cref="StationFault.InvalidArgument"/>, <see cref="StationFault.StorageFailed"/></exception>
    public void Remove(string name)
    {
        string path = PrivatePath(name);
        if (!File.Exists(path))
        {
            throw new StationException(StationFault.NotFound, $"The key store '{_directory}' has no key '{name}'.") { Subject = StationSubject.Key };
        }

        StorageErrors.Map(path, () =>
        {
            File.Delete(path);
            File.Delete(PublicPath(name));
            File.Delete(FileOf(name, SealingKeyStore.KeysSuffix));
            File.Delete(FileOf(name, SealingKeyStore.CardSuffix));
        });
    }

    /// <summary>
    /// Whether this can be the name of a key: 1 to 64 letters (ASCII), digits, dots, underscores and hyphens, a letter or digit first,
    /// and not ending in <c>.pub</c>, which is the other file's.
    /// </summary>
    public static bool IsValidName(string? name) =>
        name is not null && NamePattern().IsMatch(name) && !name.EndsWith(".pub", StringComparison.OrdinalIgnoreCase);

    private KeyStoreEntry Describe(string name)
    {
        string path = PrivatePath(name);
        bool isEncrypted = false;
        try
        {
            isEncrypted = KeyFile.ReadBounded(path, PrivateFileGuard).AsSpan().IndexOf("-----BEGIN ENCRYPTED PRIVATE KEY-----"u8) >= 0;
            return new KeyStoreEntry
            {
                Name = name,
                Path = path,
                IsEncrypted = isEncrypted,
                PublicKey = KeyFile.ReadPublic(PublicPath(name), s_public),
            };
        }
        catch (StationException e)
        {
            return new KeyStoreEntry { Name = name, Path = path, IsEncrypted = isEncrypted, Problem = e };
        }
    }

    private void RequirePublicFile(string name, StationPublicKey publicKey)
    {
        string path = PublicPath(name);
        if (!File.Exists(path))
        {
            KeyFile.WritePublic(path, publicKey, overwrite: true);
        }
        else if (!KeyFile.ReadPublic(path, s_public).Equals(publicKey))
        {
            throw KeyErrors.Invalid($"'{path}' is not the public half of key '{name}'. If the private key is right, delete that file; it will be written anew.", subject: StationSubject.PublicKeyFile);
        }
    }

    // Who can write in it can put another key in the place of any, whatever the modes of the files.
    internal void RequireSecure()
    {
        if (StorageErrors.Map(_directory, () => PrivateFolder.IsWritableByOthers(_directory)))
        {
            throw KeyErrors.Invalid($"Others on this machine can write to the key store. Look through it, then make it yours alone: chmod 700 '{_directory}'", subject: StationSubject.OpenFolder);
        }
    }

    /// <summary>The path of a file that belongs to a name.</summary>
    internal string FileOf(string name, string suffix) => Path.Combine(_directory, RequireName(name) + suffix);

    private string PrivatePath(string name) => FileOf(name, PrivateSuffix);

    private string PublicPath(string name) => FileOf(name, PublicSuffix);

    private static string RequireName(string name) =>
        IsValidName(name)
            ? name
            : throw new StationException(
                StationFault.InvalidArgument,
                "A key's name is 1 to 64 letters, digits, '.', '_' and '-', a letter or digit first, and does not end in '.pub'.");

    // \z and not $: $ also matches before a line feed at the end.
    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();
}
