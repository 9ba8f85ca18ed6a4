using System.IO.Compression;
using System.Text;

namespace SecureStation.Core.Tests.Vectors;

/// <summary>
/// A file of age's test kit (C2SP/CCTV, age/README.md): lines <c>key: value</c>, an empty line, then an age file, in zlib's form where
/// <c>compressed: zlib</c> is said.
/// </summary>
internal sealed record AgeTestFile(string Name, ILookup<string, string> Values, byte[] File)
{
    private static readonly byte[] s_start = "expect: "u8.ToArray();

    public bool IsArmored => Values["armored"].Contains("yes");

    public string Expect => Values["expect"].Single();

    /// <summary>The files that are in a folder, in its testkit or in its testdata.</summary>
    public static IEnumerable<string> In(string folder) => new[] { folder, Path.Combine(folder, "testkit"), Path.Combine(folder, "testdata") }
        .Where(Directory.Exists)
        .Select(static found => Directory.GetFiles(found).Where(IsOne).ToArray())
        .FirstOrDefault(static files => files.Length > 0) ?? [];

    public static AgeTestFile Read(string path)
    {
        byte[] bytes = System.IO.File.ReadAllBytes(path);
        int end = bytes.AsSpan().IndexOf("\n\n"u8);
        ILookup<string, string> values = Encoding.UTF8.GetString(bytes, 0, end).Split('\n')
            .Select(static line => line.Split(": ", 2))
            .ToLookup(static pair => pair[0], static pair => pair[1]);
        byte[] rest = bytes[(end + 2)..];
        if (values.Contains("compressed"))
        {
            Assert.Equal("zlib", values["compressed"].Single());
            using var inflated = new MemoryStream();
            using var zlib = new ZLibStream(new MemoryStream(rest), CompressionMode.Decompress);
            zlib.CopyTo(inflated);
            rest = inflated.ToArray();
        }

        return new AgeTestFile(Path.GetFileName(path), values, rest);
    }

    private static bool IsOne(string path)
    {
        using FileStream file = System.IO.File.OpenRead(path);
        byte[] start = new byte[s_start.Length];
        return file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start.AsSpan().SequenceEqual(s_start);
    }
}
