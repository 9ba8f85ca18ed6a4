namespace SecureStation.Core.Tests.Vectors;

/// <summary>
/// A published set of test vectors. None is committed; a set is looked for in the folders that STATION_VECTORS names (several are
/// separated as in PATH), and then in <c>../shared/vectors</c>. Each may be a folder with the sets in it, one of those, or a clone of the
/// set's own repository.
/// </summary>
internal sealed record VectorSet
{
    private readonly Func<string, IEnumerable<string>> _members;

    private VectorSet(string name, string upstream, string inClone, Func<string, IEnumerable<string>> members)
    {
        Name = name;
        Upstream = upstream;
        InClone = inClone;
        _members = members;
    }

    /// <summary>Noise's handshakes and transport messages, of cacophony.</summary>
    public static VectorSet Noise { get; } = new("noise", "https://github.com/haskell-cryptography/cacophony", "vectors", Those(NoiseFile.IsOne));

    /// <summary>Project Wycheproof's tests of primitives.</summary>
    public static VectorSet Wycheproof { get; } = new("wycheproof", "https://github.com/C2SP/wycheproof", "testvectors_v1", Those(WycheproofFile.IsOne));

    /// <summary>Noise with ML-KEM, of libp2p; and other files in the form of our own.</summary>
    public static VectorSet NoiseHfs { get; } = new(
        "noise-hfs",
        "https://github.com/paschal533/pq-noise-artifacts",
        "vectors",
        Named("libp2p.json", "pqc-test-vectors.json", "own.json", "trace.json", "reject.json", "names.json"));

    /// <summary>ML-KEM-768, of CCTV.</summary>
    public static VectorSet CctvMLKem { get; } = new(
        "cctv-mlkem",
        "https://github.com/C2SP/CCTV",
        "ML-KEM",
        Named("modulus-768.txt.gz", "modulus/ML-KEM-768.txt.gz", "unluckysample-768.txt", "unluckysample/ML-KEM-768.txt"));

    /// <summary>age's test kit, of CCTV.</summary>
    public static VectorSet Age { get; } = new("age", "https://github.com/C2SP/CCTV", "age/testdata", AgeTestFile.In);

    /// <summary>All sets.</summary>
    public static IReadOnlyList<VectorSet> All { get; } = [Noise, Wycheproof, NoiseHfs, CctvMLKem, Age];

    /// <summary>The folder's name among other sets.</summary>
    public string Name { get; }

    /// <summary>The repository that publishes the set.</summary>
    public string Upstream { get; }

    /// <summary>The folder of the set in a clone of that repository.</summary>
    public string InClone { get; }

    /// <summary>What a skipped test says where nobody has the set.</summary>
    public string IsMissing => $"{Name}: these vectors are not here; clone {Upstream} and set STATION_VECTORS to the clone.";

    /// <summary>The files of the set, by name; none where it is nowhere.</summary>
    public IReadOnlyList<string> Files() => Roots().Select(FilesIn).FirstOrDefault(static files => files.Count > 0) ?? [];

    /// <summary>The one of the files that has one of these names (relative to the set's folder), or null.</summary>
    public string? File(params string[] names) =>
        Files().FirstOrDefault(path => names.Any(name => path.Replace('\\', '/').EndsWith($"/{name}", StringComparison.Ordinal)));

    /// <summary>The folders that STATION_VECTORS names.</summary>
    public static IReadOnlyList<string> NamedRoots()
    {
        string named = Environment.GetEnvironmentVariable("STATION_VECTORS") ?? string.Empty;
        return Directory.Exists(named) ? [named] : named.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>The files of the set that are in or just below a folder; none where it holds another set.</summary>
    public IReadOnlyList<string> FilesIn(string root) =>
        FoldersIn(root).Select(MembersIn).FirstOrDefault(static files => files.Count > 0) ?? [];

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static IEnumerable<string> Roots() =>
        SharedFolder.Find() is { } shared ? NamedRoots().Append(Path.Combine(shared, "vectors")) : NamedRoots();

    // The last is for a root that is another set of the same family.
    private string[] FoldersIn(string root) => [Path.Combine(root, Name), Path.Combine(root, InClone), root, Path.Combine(root, "..", Name)];

    private IReadOnlyList<string> MembersIn(string folder) => Directory.Exists(folder) ? [.. _members(Path.GetFullPath(folder)).Order(StringComparer.Ordinal)] : [];

    private static Func<string, IEnumerable<string>> Those(Func<string, bool> isMember) => folder => Directory.GetFiles(folder).Where(isMember);

    private static Func<string, IEnumerable<string>> Named(params string[] names) =>
        folder => names.Select(name => Path.Combine(folder, name)).Where(System.IO.File.Exists);
}
