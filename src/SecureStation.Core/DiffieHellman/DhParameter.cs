using System.Globalization;
using System.Numerics;
using SecureStation.Core.DiffieHellman.Arithmetic;

namespace SecureStation.Core.DiffieHellman;

/// <summary>
/// The parameters of a finite-field Diffie-Hellman exchange: a prime and a generator. An object of this type may hold anything
/// that was read; whatever uses it calls <see cref="EnsureAcceptable"/> first. Immutable and thread-safe.
/// </summary>
public sealed class DhParameter : IEquatable<DhParameter>
{
    /// <summary>Primes under this many bits are weak: refused unless asked for.</summary>
    public const int WeakBelowBits = 2048;

    /// <summary>Primes under this many bits are always refused.</summary>
    public const int MinimumBits = 512;

    /// <summary>Primes over this many bits are refused.</summary>
    public const int MaximumBits = 8192;

    /// <summary>The largest modulus that is read at all, to be reported on.</summary>
    internal const int MaximumReadableBits = 2 * MaximumBits;

    private volatile DhParameterReport? _report;

    /// <summary>Makes parameters of a prime and a generator, untested.</summary>
    /// <param name="prime">The modulus p, greater than 3.</param>
    /// <param name="generator">The generator g.</param>
    /// <param name="privateLength">PKCS#3's privateValueLength in bits, or null.</param>
    /// <exception cref="StationException"><see cref="StationFault.InvalidParameter"/>: the modulus is no positive number of a readable size.</exception>
    public DhParameter(BigInteger prime, BigInteger generator, int? privateLength = null)
        : this(prime, generator, privateLength, subgroupOrder: null)
    {
    }

    internal DhParameter(BigInteger prime, BigInteger generator, int? privateLength, BigInteger? subgroupOrder)
    {
        if (prime <= 3 || prime.BitCount() > MaximumReadableBits)
        {
            throw new StationException(
                StationFault.InvalidParameter,
                $"The Diffie-Hellman modulus must be a positive number of {MinimumBits} to {MaximumBits} bits.");
        }

        Prime = prime;
        Generator = generator;
        Bits = prime.BitCount();
        PrivateLength = privateLength;
        SubgroupOrder = subgroupOrder;
    }

    /// <summary>The modulus p.</summary>
    public BigInteger Prime { get; }

    /// <summary>The generator g.</summary>
    public BigInteger Generator { get; }

    /// <summary>The size of the modulus in bits.</summary>
    public int Bits { get; }

    /// <summary>The size of the modulus, of public values and of shared secrets in bytes.</summary>
    public int ByteLength => (Bits + 7) / 8;

    /// <summary>PKCS#3's privateValueLength in bits where the parameters came with one.</summary>
    public int? PrivateLength { get; }

    /// <summary>
    /// The length in bits of the private exponents that are made for these parameters: what RFC 7919, section 5.2, asks for
    /// the size (twice the strength of the prime), or <see cref="PrivateLength"/> where that is longer.
    /// </summary>
    public int PrivateBits => Math.Min(Math.Max(PrivateLength ?? 0, ShortExponentBits), Bits - 1);

    /// <summary>The known group that this is; null for others.</summary>
    public DhGroup? Group => DhGroup.Find(Prime, Generator);

    /// <summary>The name of the known group that this is; null for others.</summary>
    public string? GroupName => Group?.Name;

    /// <summary>X9.42's q where the parameters came with one.</summary>
    internal BigInteger? SubgroupOrder { get; }

    /// <summary>Whether the generator is in 2 … p − 2.</summary>
    internal bool IsGeneratorInRange => Generator >= 2 && Generator <= Prime - 2;

    private int ShortExponentBits => Bits switch
    {
        <= 2048 => 225,
        <= 3072 => 275,
        <= 4096 => 325,
        <= 6144 => 375,
        _ => 400,
    };

    /// <summary>
    /// Reads parameters, untested: PKCS#3 <c>DH PARAMETERS</c> {p, g, l} or <c>X9.42 DH PARAMETERS</c> {p, g, q, …}, in PEM or
    /// DER.
    /// </summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidParameter"/>: not such a file, or over 64 KiB.</exception>
    public static DhParameter Import(ReadOnlySpan<byte> pemOrDer) => DhParameterEncoding.Read(pemOrDer);

    /// <summary>Generates a safe prime for a generator. The generator has order q = (p − 1) / 2.</summary>
    /// <param name="bits">The size of the prime, 2048 to 8192; from 512 where weak parameters are allowed.</param>
    /// <param name="generator">2, 3 or 5.</param>
    /// <param name="allowWeak">Allows fewer than 2048 bits, for teaching.</param>
    /// <param name="progress">Told every quarter of a second how far it has come.</param>
    /// <param name="cancellationToken">Ends the search within milliseconds.</param>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: another size or generator.</exception>
    public static Task<DhParameter> GenerateAsync(
        int bits,
        int generator = 2,
        bool allowWeak = false,
        IProgress<DhGenerationProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        DhParameterGenerator.GenerateAsync(bits, generator, allowWeak, progress, cancellationToken);

    /// <summary>
    /// Tests everything and reports it. Sizes and ranges are looked at first; the prime of a known group is known by comparison;
    /// a prime of a size that is refused anyway is not tested. The report is kept, so a second call costs nothing.
    /// </summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public DhParameterReport Test(CancellationToken cancellationToken = default) =>
        _report ??= DhParameterTest.Run(this, cancellationToken);

    /// <summary>Throws unless the parameters may be used.</summary>
    /// <param name="policy">What is acceptable; <see cref="DhPolicy.Default"/> if null.</param>
    /// <param name="cancellationToken">Ends the test of an unknown prime.</param>
    /// <exception cref="StationException"><see cref="StationFault.InvalidParameter"/>, with everything that speaks against them.</exception>
    public void EnsureAcceptable(DhPolicy? policy = null, CancellationToken cancellationToken = default)
    {
        policy ??= DhPolicy.Default;
        if (Bits > MaximumBits)
        {
            throw Unacceptable([DhParameterProblem.PrimeTooLarge]);
        }

        if (Bits > policy.MaximumUnknownBits && Group is null)
        {
            throw new StationException(
                StationFault.InvalidParameter,
                $"The Diffie-Hellman prime has {Bits} bits and is of no known group; such primes are taken up to {policy.MaximumUnknownBits} bits.");
        }

        // Before the test: what is refused anyway is not worth the work.
        if (Bits < MinimumBits)
        {
            throw Unacceptable([DhParameterProblem.PrimeTooSmall]);
        }

        if (Bits < WeakBelowBits && !policy.AllowWeakParameter)
        {
            throw Unacceptable([DhParameterProblem.PrimeWeak]);
        }

        if (!IsGeneratorInRange)
        {
            throw Unacceptable([DhParameterProblem.GeneratorOutOfRange]);
        }

        DhParameterReport report = Test(cancellationToken);
        if (!(policy.AllowWeakParameter ? report.IsAcceptableIfWeakAllowed : report.IsAcceptable))
        {
            throw Unacceptable([.. report.Problems.Where(problem => problem != DhParameterProblem.PrimeWeak || !policy.AllowWeakParameter)]);
        }
    }

    /// <summary>PKCS#3 DER: SEQUENCE { p, g, l OPTIONAL }.</summary>
    public byte[] ToDer() => DhParameterEncoding.WriteDer(this);

    /// <summary>PKCS#3 PEM, <c>-----BEGIN DH PARAMETERS-----</c>, with a final newline, as openssl writes it.</summary>
    public string ToPem() => DhParameterEncoding.WritePem(this);

    /// <summary>Whether prime and generator are the same; the private length is each side's own matter.</summary>
    public bool Equals(DhParameter? other) => other is not null && Prime == other.Prime && Generator == other.Generator;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as DhParameter);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Prime, Generator);

    /// <inheritdoc/>
    public override string ToString() =>
        GroupName ?? string.Create(CultureInfo.InvariantCulture, $"{Bits}-bit prime, generator {DhParameterTest.Shorten(Generator)}");

    /// <summary>
    /// Whether the generator generates the whole group, of order 2q, instead of the subgroup of prime order q. OpenSSL before
    /// 1.1.1d made such parameters (p = 11 mod 24 for g = 2), so old files have them. For acceptable parameters only.
    /// </summary>
    internal bool GeneratesWholeGroup(CancellationToken cancellationToken) => Test(cancellationToken).GeneratorOrder == DhParameterTest.WholeGroup;

    private StationException Unacceptable(IReadOnlyList<DhParameterProblem> problems) =>
        new(StationFault.InvalidParameter, $"The Diffie-Hellman parameters are not acceptable: {string.Join("; ", problems.Select(Describe))}.")
        {
            Subject = problems.All(static problem => problem == DhParameterProblem.PrimeWeak) ? StationSubject.WeakParameter : StationSubject.None,
        };

    private string Describe(DhParameterProblem problem) => problem switch
    {
        DhParameterProblem.PrimeTooSmall => $"PrimeTooSmall (the prime has {Bits} bits, and {MinimumBits} are the least for teaching)",
        DhParameterProblem.PrimeWeak => $"PrimeWeak (the prime has {Bits} bits, and {WeakBelowBits} are the least)",
        DhParameterProblem.PrimeTooLarge => $"PrimeTooLarge (the prime has {Bits} bits, and {MaximumBits} are the most)",
        DhParameterProblem.ModulusEven => "ModulusEven (the modulus is even, so it is no prime)",
        DhParameterProblem.ModulusComposite => "ModulusComposite (the modulus is no prime)",
        DhParameterProblem.PrimeNotSafe => "PrimeNotSafe ((p - 1) / 2 is no prime, as in the groups of RFC 5114 and DSA: they have small subgroups, into which a peer could lead this side)",
        DhParameterProblem.GeneratorOutOfRange => "GeneratorOutOfRange (the generator is not in 2 to p - 2)",
        DhParameterProblem.SubgroupOrderWrong => "SubgroupOrderWrong (the q of the parameters is not the order that their generator has)",
        DhParameterProblem.PrivateLengthUnusable => "PrivateLengthUnusable (the length of private values is none below the prime)",
        _ => problem.ToString(),
    };
}
