namespace SecureStation.Fuzz.Tests;

public class FuzzTests
{
    // Each run of the tests looks somewhere else; a failure says where.
    private static readonly int s_seed = Environment.TickCount;

    public static TheoryData<string> Targets => [.. FuzzTargets.All.Select(static target => target.Name)];

    public static TheoryData<string, string> Found
    {
        get
        {
            var found = new TheoryData<string, string>();
            foreach (IFuzzTarget target in FuzzTargets.All)
            {
                string folder = Path.Combine(AppContext.BaseDirectory, "found", target.Name);
                foreach (string file in Directory.Exists(folder) ? Directory.GetFiles(folder) : [])
                {
                    found.Add(target.Name, Path.GetFileName(file));
                }
            }

            return found;
        }
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void Nothing_that_two_seconds_find_breaks_it(string target)
    {
        FuzzReport report = ManagedDriver.Run(FuzzTargets.Find(target), s_seed, TimeSpan.FromSeconds(2));
        Assert.True(report.Found is null, $"Seed {s_seed}: {report.Found?.Why}\n{Convert.ToHexString(report.Found?.Input ?? [])}");
        Assert.True(report.Good > 0, "Nothing was good.");
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Found))]
    public void What_was_found_once_stands(string target, string file)
    {
        byte[] input = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "found", target, file));
        Assert.Null(ManagedDriver.Try(FuzzTargets.Find(target), input));
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

    private sealed class Breaks : IFuzzTarget
    {
        public string Name => "breaks";

        public IEnumerable<byte[]> Corpus() => [[1, 2, 3, 4]];

        public bool Run(byte[] input) => input.Length == 4 || input[7] == input[1];
    }
}
