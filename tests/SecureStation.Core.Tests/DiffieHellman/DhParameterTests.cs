using System.Globalization;
using System.Numerics;
using System.Text;
using SecureStation.Core.DiffieHellman;

namespace SecureStation.Core.Tests.DiffieHellman;

public class DhParameterTests
{
    private static readonly BigInteger s_prime = DhGroup.Get("ffdhe2048").Prime;
    private static readonly DhPolicy s_weak = new() { AllowWeakParameter = true };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, DhParameterProblem> BadParameters => new()
    {
        { "even", DhParameterProblem.ModulusEven },
        { "composite", DhParameterProblem.ModulusComposite },
        { "carmichael-like", DhParameterProblem.ModulusComposite },
        { "not safe", DhParameterProblem.PrimeNotSafe },
        { "subtly not safe", DhParameterProblem.PrimeNotSafe },
        { "tiny", DhParameterProblem.PrimeTooSmall },
        { "511 bits", DhParameterProblem.PrimeTooSmall },
        { "huge", DhParameterProblem.PrimeTooLarge },
        { "g = 0", DhParameterProblem.GeneratorOutOfRange },
        { "g = 1", DhParameterProblem.GeneratorOutOfRange },
        { "g = -2", DhParameterProblem.GeneratorOutOfRange },
        { "g = p-1", DhParameterProblem.GeneratorOutOfRange },
        { "g = p", DhParameterProblem.GeneratorOutOfRange },
        { "g = p+2", DhParameterProblem.GeneratorOutOfRange },
        { "l = 0", DhParameterProblem.PrivateLengthUnusable },
        { "l = p", DhParameterProblem.PrivateLengthUnusable },
    };

    [Theory]
    [MemberData(nameof(BadParameters))]
    public void Bad_parameters_are_reported_and_refused(string what, DhParameterProblem problem)
    {
        DhParameter parameter = what switch
        {
            "even" => new(s_prime - 1, 2),
            "composite" => new(s_prime + 2, 2),
            "carmichael-like" => new(Samples.Prime1024 * Samples.Prime1024, 2),
            "not safe" => new(Samples.UnsafePrime2048, 2),
            "subtly not safe" => new(Samples.SubtlyUnsafePrime2048, 2),
            "tiny" => new(23, 5),
            "511 bits" => new((BigInteger.One << 511) - 187, 2),
            "huge" => new((BigInteger.One << 8193) - 1, 2),
            "g = 0" => new(s_prime, 0),
            "g = 1" => new(s_prime, 1),
            "g = -2" => new(s_prime, -2),
            "g = p-1" => new(s_prime, s_prime - 1),
            "g = p" => new(s_prime, s_prime),
            "g = p+2" => new(s_prime, s_prime + 2),
            "l = 0" => new(s_prime, 2, 0),
            _ => new(s_prime, 2, 2048),
        };

        DhParameterReport report = parameter.Test(Token);

        Assert.Equal([problem], report.Problems);
        Assert.False(report.IsAcceptable);
        StationException refused = Assert.Throws<StationException>(() => parameter.EnsureAcceptable(s_weak, Token));
        Assert.Equal(StationFault.InvalidParameter, refused.Fault);
        Assert.Contains(problem.ToString(), refused.Message, StringComparison.Ordinal);
        Assert.Throws<StationException>(() => DhKeyPair.Generate(parameter, s_weak, Token));
    }

    [Fact]
    public void Weak_parameters_are_for_those_who_ask_for_them()
    {
        var parameter = new DhParameter(Samples.SafePrime512, 2);

        Assert.Equal([DhParameterProblem.PrimeWeak], parameter.Test(Token).Problems);
        Assert.True(parameter.Test(Token).IsSafePrime);
        Assert.Throws<StationException>(() => parameter.EnsureAcceptable(DhPolicy.Default, Token));
        parameter.EnsureAcceptable(s_weak, Token);
    }

    [Fact]
    public void Large_primes_of_no_known_group_are_not_worth_an_untrusted_peer_s_time()
    {
        var unknown = new DhParameter(DhGroup.Get("ffdhe6144").Prime - 6, 2);
        StationException refused = Assert.Throws<StationException>(() => unknown.EnsureAcceptable(DhPolicy.Untrusted, Token));
        Assert.Contains("no known group", refused.Message, StringComparison.Ordinal);
        DhGroup.Get("ffdhe6144").Parameter.EnsureAcceptable(DhPolicy.Untrusted, Token);
    }

    [Fact]
    public void A_modulus_that_is_no_positive_number_of_a_readable_size_is_refused_before_anything()
    {
        foreach (BigInteger modulus in new[] { -s_prime, BigInteger.Zero, BigInteger.One, 3, BigInteger.One << 20_000 })
        {
            Assert.Equal(StationFault.InvalidParameter, Assert.Throws<StationException>(() => new DhParameter(modulus, 2)).Fault);
        }
    }

    [Fact]
    public void The_order_of_the_generator_is_told()
    {
        // 2 is a residue modulo p = 7 mod 8 only; 11 is none modulo this one.
        Assert.Equal("q", new DhParameter(s_prime, 2).Test(Token).GeneratorOrder);
        Assert.Equal("2q", new DhParameter(s_prime, Samples.NonResidueOfFfdhe2048).Test(Token).GeneratorOrder);
    }

    [Fact]
    public void Pem_and_Der_come_back()
    {
        foreach (DhParameter parameter in new[] { DhGroup.Get("modp3072").Parameter, new DhParameter(s_prime, 5, 256) })
        {
            Assert.Equal(parameter, DhParameter.Import(parameter.ToDer()));
            DhParameter read = DhParameter.Import(Encoding.ASCII.GetBytes("some text before\n" + parameter.ToPem()));
            foreach (Encoding encoding in new[] { Encoding.UTF8, Encoding.Unicode, Encoding.BigEndianUnicode })
            {
                Assert.Equal(parameter, DhParameter.Import([.. encoding.Preamble, .. encoding.GetBytes(parameter.ToPem())]));
            }

            Assert.Equal(parameter, read);
            Assert.Equal(parameter.PrivateLength, read.PrivateLength);
        }

        string pem = DhGroup.Get("ffdhe2048").Parameter.ToPem();
        Assert.StartsWith("-----BEGIN DH PARAMETERS-----\n", pem, StringComparison.Ordinal);
        Assert.EndsWith("-----END DH PARAMETERS-----\n", pem, StringComparison.Ordinal);
        Assert.Equal(424, pem.Length);
    }

    [Fact]
    public void A_known_group_is_recognised()
    {
        DhParameter read = DhParameter.Import(new DhParameter(DhGroup.Get("ffdhe4096").Prime, 2).ToDer());
        Assert.Equal("ffdhe4096", read.GroupName);
        Assert.Null(new DhParameter(s_prime, 5).GroupName);
    }

    [Fact]
    public void X942_parameters_are_read_and_their_q_is_checked()
    {
        string good = Samples.X942Pem(s_prime, 2, s_prime >> 1);
        Assert.Equal("ffdhe2048", DhParameter.Import(Encoding.ASCII.GetBytes(good)).GroupName);

        // python3-cryptography writes this where it is asked for PKCS#3 of a known group.
        Assert.Equal("ffdhe2048", DhParameter.Import(Convert.FromBase64String(string.Concat(good.Split('\n')[1..^1]))).GroupName);

        DhParameter wrong = DhParameter.Import(Encoding.ASCII.GetBytes(Samples.X942Pem(s_prime, 2, 7)));
        Assert.Equal([DhParameterProblem.SubgroupOrderWrong], wrong.Test(Token).Problems);
    }

    [Fact]
    public void A_group_of_rfc_5114_is_refused_for_its_prime_and_not_for_its_q()
    {
        DhParameter parameter = DhParameter.Import(Encoding.ASCII.GetBytes(Samples.X942Pem(Samples.Rfc5114Prime, 3, Samples.Rfc5114Order)));
        Assert.Equal([DhParameterProblem.PrimeNotSafe], parameter.Test(Token).Problems);
        StationException refused = Assert.Throws<StationException>(() => parameter.EnsureAcceptable(s_weak, Token));
        Assert.Contains("PrimeNotSafe", refused.Message, StringComparison.Ordinal);
        Assert.Contains("RFC 5114", refused.Message, StringComparison.Ordinal);

        // A q that does not even divide p - 1 is wrong as well.
        DhParameter wrong = DhParameter.Import(Encoding.ASCII.GetBytes(Samples.X942Pem(Samples.Rfc5114Prime, 3, Samples.Rfc5114Order + 2)));
        Assert.Equal([DhParameterProblem.PrimeNotSafe, DhParameterProblem.SubgroupOrderWrong], wrong.Test(Token).Problems);
    }

    [Fact]
    public async Task A_refusal_that_weak_parameters_would_lift_says_so()
    {
        var weak = new DhParameter(Samples.SafePrime512, 2);
        StationException refused = Assert.Throws<StationException>(() => weak.EnsureAcceptable(DhPolicy.Default, Token));
        Assert.Equal(StationSubject.WeakParameter, refused.Subject);
        Assert.Contains("512 bits", refused.Message, StringComparison.Ordinal);
        Assert.Equal(StationSubject.WeakParameter, (await Assert.ThrowsAsync<StationException>(() => DhParameter.GenerateAsync(1024, cancellationToken: Token))).Subject);

        // Where the switch would not help, it is not named.
        Assert.Equal(StationSubject.None, Assert.Throws<StationException>(() => new DhParameter(s_prime + 2, 2).EnsureAcceptable(DhPolicy.Default, Token)).Subject);
        Assert.Equal(StationSubject.None, (await Assert.ThrowsAsync<StationException>(() => DhParameter.GenerateAsync(256, cancellationToken: Token))).Subject);
    }

    public static TheoryData<string> Malformed =>
    [
        "",
        "hello",
        "-----BEGIN DH PARAMETERS-----\n-----END DH PARAMETERS-----\n",
        "-----BEGIN DH PARAMETERS-----\nMAYCAQcCAQI=\n-----END DH PARAMETERS-----\ngarbage is fine, truncation is not".Replace("MAYCAQcCAQI=", "MAYCAQcCAQ==", StringComparison.Ordinal),
        "-----BEGIN CERTIFICATE-----\nMAYCAQcCAQI=\n-----END CERTIFICATE-----\n",
        "hex:3000",
        "hex:3006020107020102ff",
        "hex:30060201f9020102",
        "hex:300902010702010202010a00",
        "hex:300a020107020102020500ffffffff00",
        "hex:308006020107020102",
        "hex:30070202000702010200",
    ];

    [Theory]
    [MemberData(nameof(Malformed))]
    public void Malformed_files_are_refused_with_one_typed_error(string file)
    {
        byte[] bytes = file.StartsWith("hex:", StringComparison.Ordinal) ? Convert.FromHexString(file[4..]) : Encoding.ASCII.GetBytes(file);
        Assert.Equal(StationFault.InvalidParameter, Assert.Throws<StationException>(() => DhParameter.Import(bytes)).Fault);
    }

    [Fact]
    public void Files_over_64_KiB_and_deeply_nested_DER_are_refused_quickly()
    {
        Assert.Throws<StationException>(() => DhParameter.Import(new byte[70_000]));
        byte[] nested = Enumerable.Repeat(new byte[] { 0x30, 0x80 }, 30_000).SelectMany(pair => pair).ToArray();
        Assert.Throws<StationException>(() => DhParameter.Import(nested));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public async Task A_generated_prime_is_safe_and_its_generator_has_prime_order(int generator)
    {
        DhParameter parameter = await DhParameter.GenerateAsync(512, generator, allowWeak: true, cancellationToken: Token);

        Assert.Equal(512, parameter.Bits);
        DhParameterReport report = parameter.Test(Token);
        Assert.Equal([DhParameterProblem.PrimeWeak], report.Problems);
        Assert.Equal("q", report.GeneratorOrder);
        Assert.Equal(generator.ToString(CultureInfo.InvariantCulture), report.Generator);
    }

    [Fact]
    public async Task Generation_tells_how_far_it_is_and_ends_when_cancelled()
    {
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var reports = new List<DhGenerationProgress>();
        var progress = new Recorder(reports.Add);
        Task<DhParameter> generation = DhParameter.GenerateAsync(8192, 2, progress: progress, cancellationToken: cancellation.Token);
        await Task.Delay(1500, Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => generation.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
        Assert.True(reports.Count >= 3);
        Assert.True(reports[^1].Elapsed > reports[0].Elapsed);
        Assert.InRange(reports[^1].PercentLikely, 0, 100);
    }

    [Theory]
    [InlineData(1024, 2)]
    [InlineData(8193, 2)]
    [InlineData(2048, 7)]
    public async Task Other_sizes_and_generators_are_refused(int bits, int generator)
    {
        StationException refused = await Assert.ThrowsAsync<StationException>(() => DhParameter.GenerateAsync(bits, generator, cancellationToken: Token));
        Assert.Equal(StationFault.InvalidArgument, refused.Fault);
    }

    private sealed class Recorder(Action<DhGenerationProgress> record) : IProgress<DhGenerationProgress>
    {
        public void Report(DhGenerationProgress value) => record(value);
    }
}
