using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using SecureStation.Core.Keys;
using SecureStation.Core.Storage;

namespace SecureStation.Core.Trust;

/// <summary>
/// The trust store as a directory (mode 0700), safe for many writers in many processes and whole after any of them is killed.
/// The files are described in <c>docs/trust-store.md</c>:
/// <code>
/// HEX.json   a peer; HEX is the SHA-256 of its SubjectPublicKeyInfo
/// HEX.pin    an address and the key pinned to it; HEX is the SHA-256 of "host:port"
/// lock       held by whoever writes
/// *.tmp      files being written; those found by the next writer are left-overs
/// </code>
/// The pins are the one truth about addresses: a peer's file names none, and <see cref="PeerRecord.Addresses"/> is gathered from the pins.
/// So asking for the key of an address reads one file, a first contact is decided by the creation of one file,
/// and no crash between two writes can make record and pin contradict each other.
/// </summary>
public sealed class FileTrustStore : ITrustStore
{
    private const string PeerSuffix = ".json";
    private const string PinSuffix = ".pin";
    private const string LockName = "lock";

    // Relaxed, so that '+' in base64 stays one: these are files for people to read, never part of a web page.
    private static readonly JsonWriterOptions Readable = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    // Writers hold the lock for some milliseconds; in a crowd whoever is unlucky waits for most of the others.
    // The operating system releases the lock of whoever dies.
    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(30);

    private readonly string _directory;

    /// <summary>Opens a trust store. The directory is made by the first write.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: no path.</exception>
    public FileTrustStore(string directory)
    {
        if (string.IsNullOrWhiteSpace(directory))
        {
            throw new StationException(StationFault.InvalidArgument, "A trust store needs a directory.");
        }

        _directory = Path.GetFullPath(directory);
    }

    /// <summary><c>SecureStation/peers</c> in the platform's per-user configuration folder.</summary>
    /// <exception cref="StationException"><see cref="StationFault.NotFound"/>: the platform names no such folder.</exception>
    public static string DefaultDirectory => UserFolder.Path("peers");

    /// <summary>The store's directory, as a full path.</summary>
    public string Directory => _directory;

    /// <inheritdoc/>
    public IReadOnlyList<PeerRecord> List()
    {
        RequireSecure();
        ILookup<Fingerprint, string> addresses = ReadAddresses();
        return [.. Files(PeerSuffix)
            .Select(ReadPeer)
            .OfType<PeerRecord>()
            .Select(peer => peer with { Addresses = [.. addresses[peer.Fingerprint]] })
            .OrderBy(peer => peer.Name, StringComparer.OrdinalIgnoreCase)
            .ThenBy(peer => peer.Fingerprint.ToHex(), StringComparer.Ordinal)];
    }

    /// <inheritdoc/>
    public PeerRecord? Find(Fingerprint fingerprint)
    {
        ArgumentNullException.ThrowIfNull(fingerprint);
        RequireSecure();
        PeerRecord? peer = ReadPeer(PeerPath(fingerprint));
        return peer is null ? null : peer with { Addresses = [.. ReadAddresses()[fingerprint]] };
    }

    /// <inheritdoc/>
    public PeerRecord? FindByName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        PeerRecord[] named = [.. List().Where(peer => IsSameName(peer.Name, name))];
        return named.Length <= 1 ? named.FirstOrDefault() : throw Ambiguous(name, named.Select(peer => peer.Fingerprint));
    }

    /// <inheritdoc/>
    public Fingerprint? FindPin(string address)
    {
        RequireSecure();
        return ReadPin(PinPath(PeerAddress.Normalize(address)))?.Fingerprint;
    }

    /// <inheritdoc/>
    public void Add(PeerRecord record, bool replace)
    {
        ArgumentNullException.ThrowIfNull(record);
        record.RequireConsistent();
        using FileStream _ = Lock();

        PeerRecord[] namesakes = [.. Namesakes(record)];
        if (replace)
        {
            foreach (PeerRecord namesake in namesakes)
            {
                Delete(namesake.Fingerprint);
            }

            DeletePins(record.Fingerprint, except: record.Addresses);
        }
        else
        {
            if (File.Exists(PeerPath(record.Fingerprint)))
            {
                throw new StationException(StationFault.AlreadyExists, $"The key {record.Fingerprint} has a record already.")
                {
                    PeerFingerprint = record.Fingerprint.ToString(),
                };
            }

            RequireUniqueName(record, namesakes);
            RequireUnpinned(record);
        }

        Write(record);
    }

    /// <inheritdoc/>
    public void Update(Fingerprint fingerprint, Func<PeerRecord, PeerRecord> change)
    {
        ArgumentNullException.ThrowIfNull(fingerprint);
        ArgumentNullException.ThrowIfNull(change);
        using FileStream _ = Lock();

        PeerRecord before = Find(fingerprint)
            ?? throw new StationException(StationFault.NotFound, $"No peer has the key {fingerprint}.") { PeerFingerprint = fingerprint.ToString() };
        PeerRecord after = change(before);
        after.RequireConsistent();
        if (after.Fingerprint != fingerprint)
        {
            throw new StationException(StationFault.InvalidArgument, "A record cannot become another key's; add that one and remove this one.");
        }

        if (!IsSameName(before.Name, after.Name))
        {
            RequireUniqueName(after, Namesakes(after));
        }

        RequireUnpinned(after);
        DeletePins(fingerprint, except: after.Addresses);
        Write(after);
    }

    /// <inheritdoc/>
    public bool Remove(Fingerprint fingerprint)
    {
        ArgumentNullException.ThrowIfNull(fingerprint);
        using FileStream _ = Lock();
        return Delete(fingerprint);
    }

    /// <inheritdoc/>
    public Fingerprint Pin(string address, Fingerprint candidate)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        string normalized = PeerAddress.Normalize(address);
        using FileStream _ = Lock();
        return CreatePin(normalized, candidate);
    }

    private Fingerprint CreatePin(string address, Fingerprint candidate)
    {
        // Creating the file decides, as FileMode.CreateNew would, and it is complete when it appears: whoever loses reads the winner's.
        string path = PinPath(address);
        return AtomicFile.TryWrite(path, FormatPin(address, candidate), isPrivate: true, overwrite: false)
            ? candidate
            : ReadPin(path)?.Fingerprint ?? throw new StationException(StationFault.StorageFailed, $"'{path}' was deleted while it was read.");
    }

    // Pins before the record: a crash in between leaves an address that is pinned as asked for, under a key not yet named.
    private void Write(PeerRecord record)
    {
        foreach (string address in record.Addresses)
        {
            AtomicFile.Write(PinPath(address), FormatPin(address, record.Fingerprint), isPrivate: true, overwrite: true);
        }

        AtomicFile.Write(PeerPath(record.Fingerprint), FormatPeer(record), isPrivate: true, overwrite: true);
    }

    // Pins before the record: a crash in between leaves a name that is trusted nowhere, and can be removed again.
    private bool Delete(Fingerprint fingerprint)
    {
        string path = PeerPath(fingerprint);
        bool existed = DeletePins(fingerprint, except: []) | File.Exists(path);
        StorageErrors.Map(path, () => File.Delete(path));
        return existed;
    }

    private bool DeletePins(Fingerprint fingerprint, IReadOnlyList<string> except)
    {
        bool any = false;
        foreach (string address in ReadAddresses()[fingerprint].Except(except).ToArray())
        {
            string path = PinPath(address);
            StorageErrors.Map(path, () => File.Delete(path));
            any = true;
        }

        return any;
    }

    private IEnumerable<PeerRecord> Namesakes(PeerRecord record) =>
        Files(PeerSuffix)
            .Select(ReadPeer)
            .OfType<PeerRecord>()
            .Where(peer => IsSameName(peer.Name, record.Name) && peer.Fingerprint != record.Fingerprint);

    private static void RequireUniqueName(PeerRecord record, IEnumerable<PeerRecord> namesakes)
    {
        Fingerprint[] others = [.. namesakes.Select(peer => peer.Fingerprint)];
        if (others.Length > 0)
        {
            throw Ambiguous(record.Name, [.. others, record.Fingerprint]);
        }
    }

    private void RequireUnpinned(PeerRecord record)
    {
        foreach (string address in record.Addresses)
        {
            Fingerprint? pinned = FindPin(address);
            if (pinned is not null && pinned != record.Fingerprint)
            {
                throw new StationException(StationFault.AlreadyExists, $"'{address}' is pinned to another key, {pinned}.")
                {
                    PeerFingerprint = pinned.ToString(),
                    Address = address,
                };
            }
        }
    }

    private ILookup<Fingerprint, string> ReadAddresses() =>
        Files(PinSuffix)
            .Select(ReadPin)
            .OfType<AddressPin>()
            .ToLookup(pin => pin.Fingerprint, pin => pin.Address);

    // {
    //   "version": 1,
    //   "name": "server",
    //   "fingerprint": "SHA256:…",
    //   "publicKey": "base64 of the SubjectPublicKeyInfo, or null",
    //   "accept": false,
    //   "added": "2026-01-31T12:00:00.0000000+00:00"
    // }
    private static byte[] FormatPeer(PeerRecord record) => FormatJson(json =>
    {
        json.WriteString("name", record.Name);
        json.WriteString("fingerprint", record.Fingerprint.ToString());
        if (record.PublicKey is null)
        {
            json.WriteNull("publicKey");
        }
        else
        {
            json.WriteBase64String("publicKey", record.PublicKey.SubjectPublicKeyInfo.Span);
        }

        json.WriteBoolean("accept", record.Accept);
        json.WriteString("added", record.Added.ToUniversalTime());
    });

    // { "version": 1, "address": "host:port", "fingerprint": "SHA256:…" }
    private static byte[] FormatPin(string address, Fingerprint fingerprint) => FormatJson(json =>
    {
        json.WriteString("address", address);
        json.WriteString("fingerprint", fingerprint.ToString());
    });

    private static PeerRecord? ReadPeer(string path) => ReadJson(path, json =>
    {
        JsonElement publicKey = json.GetProperty("publicKey");
        var record = new PeerRecord
        {
            Name = json.GetProperty("name").GetString()!,
            Fingerprint = Fingerprint.Parse(json.GetProperty("fingerprint").GetString()!),
            PublicKey = publicKey.ValueKind == JsonValueKind.Null ? null : StationPublicKey.FromSubjectPublicKeyInfo(publicKey.GetBytesFromBase64()),
            Accept = json.GetProperty("accept").GetBoolean(),
            Added = json.GetProperty("added").GetDateTimeOffset(),
        };
        record.RequireConsistent();
        return (record, record.Fingerprint.ToHex());
    });

    private static AddressPin? ReadPin(string path) => ReadJson(path, json =>
    {
        var pin = new AddressPin(
            PeerAddress.Normalize(json.GetProperty("address").GetString()!),
            Fingerprint.Parse(json.GetProperty("fingerprint").GetString()!));
        return (pin, HexOf(pin.Address));
    });

    private static byte[] FormatJson(Action<Utf8JsonWriter> writeProperties)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            json.WriteStartObject();
            json.WriteNumber("version", 1);
            writeProperties(json);
            json.WriteEndObject();
        }

        return ChecksummedFile.Format(Encoding.UTF8.GetString(buffer.ToArray()));
    }

    // A file that is under another name than its content asks for has been moved about: it would answer for another key or address.
    private static T? ReadJson<T>(string path, Func<JsonElement, (T Value, string Name)> read)
        where T : class
    {
        if (ChecksummedFile.Read(path) is not { } content)
        {
            return null;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(content);
            if (document.RootElement.GetProperty("version").GetInt32() != 1)
            {
                throw ChecksummedFile.Damaged(path, "it is of a version that is not known here");
            }

            (T value, string name) = read(document.RootElement);
            return name == Path.GetFileNameWithoutExtension(path)
                ? value
                : throw ChecksummedFile.Damaged(path, "it is not the file of what is in it");
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentNullException
            or StationException { Fault: not StationFault.TrustStoreDamaged })
        {
            throw ChecksummedFile.Damaged(path, "its content is not what it should be", e);
        }
    }

    private string PeerPath(Fingerprint fingerprint) => Path.Combine(_directory, fingerprint.ToHex() + PeerSuffix);

    private string PinPath(string address) => Path.Combine(_directory, HexOf(address) + PinSuffix);

    private static string HexOf(string address) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(address)));

    private string[] Files(string suffix) => StorageErrors.Map(_directory, () => PrivateFolder.Files(_directory, "*" + suffix));

    private void RequireSecure()
    {
        if (StorageErrors.Map(_directory, () => PrivateFolder.IsWritableByOthers(_directory)))
        {
            throw new StationException(
                StationFault.TrustStoreInsecure,
                $"Others on this machine can write to the trust store. Look through it, then: chmod 700 '{_directory}'");
        }
    }

    private FileStream Lock()
    {
        StorageErrors.Map(_directory, () => PrivateFolder.Create(_directory));
        RequireSecure();
        FileStream held = LockFile.Acquire(Path.Combine(_directory, LockName), LockTimeout);

        // Nobody else is writing now, so what is still being written will never be finished.
        foreach (string leftover in Files(AtomicFile.TemporarySuffix))
        {
            StorageErrors.Map(leftover, () => File.Delete(leftover));
        }

        return held;
    }

    private static bool IsSameName(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);

    private static StationException Ambiguous(string name, IEnumerable<Fingerprint> fingerprints)
    {
        string[] list = [.. fingerprints.Select(fingerprint => fingerprint.ToString())];
        return new StationException(StationFault.PeerAmbiguous, $"The name '{name}' would stand for more than one key: {string.Join(", ", list)}.")
        {
            PeerFingerprint = list[^1],
        };
    }

    private sealed record AddressPin(string Address, Fingerprint Fingerprint);
}
