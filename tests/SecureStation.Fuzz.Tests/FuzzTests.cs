namespace SecureStation.Fuzz.Tests;

public class FuzzTests
{
    // Each run of the tests looks somewhere else; a failure says where.
    private static readonly int s_seed = Environment.TickCount;

    public static TheoryData<string> Targets => [.. FuzzTargets.All.Select(static target => target.Name)];

    // What parsers have broken on elsewhere: nothing, one byte, one value for ever, nesting, lengths that lie.
    private static IEnumerable<byte[]> KnownElsewhere =>
    [
        [],
        [0],
        [0xFF],
        new byte[Mutator.MaxLength],
        Repeat([0xFF]),
        Repeat("["u8),
        Repeat("("u8),
        Repeat("{\"a\":"u8),
        Repeat("-----BEGIN "u8),
        Repeat([0x30, 0x80]),
        [0x30, 0x84, 0x7F, 0xFF, 0xFF, 0xFF],
        Repeat("\r\n"u8),
        Repeat("\u00C4"u8),
    ];

    [Theory]
    [MemberData(nameof(Targets))]
    public void Nothing_that_two_seconds_find_breaks_it(string target)
    {
        FuzzReport report = ManagedDriver.Run(FuzzTargets.Find(target), s_seed, TimeSpan.FromSeconds(2));
        Assert.True(report.Found is null, $"Seed {s_seed}: {report.Found?.Why}\n{Convert.ToHexString(report.Found?.Input ?? [])}");
        Assert.True(report.Good > 0, "Nothing was good.");
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void What_was_found_once_here_or_elsewhere_stands(string target)
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "found", target);
        byte[][] found = [.. Directory.Exists(folder) ? Directory.GetFiles(folder).Select(File.ReadAllBytes) : []];
        Assert.All(KnownElsewhere.Concat(found), input => Assert.Null(ManagedDriver.Try(FuzzTargets.Find(target), input)));
    }

    [Fact]
    public void The_same_seed_makes_the_same_inputs()
    {
        byte[][] corpus = [[1, 2, 3], new byte[300]];
        var one = new Mutator(7);
        var two = new Mutator(7);
        Assert.All(Enumerable.Range(0, 1000), _ => Assert.Equal(one.Next(corpus), two.Next(corpus)));
    }

    [Fact]
    public void What_throws_anything_but_a_refusal_is_found()
    {
        FuzzReport report = ManagedDriver.Run(new Breaks(), 1, TimeSpan.FromSeconds(30));
        Assert.Contains(nameof(IndexOutOfRangeException), report.Found?.Why, StringComparison.Ordinal);
    }

    private static byte[] Repeat(ReadOnlySpan<byte> pattern)
    {
        byte[] bytes = new byte[Mutator.MaxLength];
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = pattern[i % pattern.Length];
        }

        return bytes;
    }

    private sealed class Breaks : IFuzzTarget
    {
        public string Name => "breaks";

        public IEnumerable<byte[]> Corpus() => [[1, 2, 3, 4]];

        public bool Run(byte[] input) => input.Length == 4 || input[7] == input[1];
    }
}
