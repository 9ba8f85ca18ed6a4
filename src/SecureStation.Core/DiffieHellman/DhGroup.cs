using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;

namespace SecureStation.Core.DiffieHellman;

/// <summary>
/// A published finite-field group: a safe prime that nobody can have chosen to deceive. All have the generator 2, which
/// generates the subgroup of order q = (p − 1) / 2.
/// </summary>
public sealed class DhGroup
{
    private DhGroup(string name, string source, string prime)
    {
        Name = name;
        Source = source;
        Prime = BigInteger.Parse("0" + prime, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        Bits = prime.Length * 4;
        Parameter = new DhParameter(Prime, Generator);
    }

    /// <summary>All known groups, RFC 7919 first, by size.</summary>
    public static IReadOnlyList<DhGroup> All { get; } = new DhGroup[]
    {
        new("ffdhe2048", "RFC 7919", DhGroupPrimes.Ffdhe2048),
        new("ffdhe3072", "RFC 7919", DhGroupPrimes.Ffdhe3072),
        new("ffdhe4096", "RFC 7919", DhGroupPrimes.Ffdhe4096),
        new("ffdhe6144", "RFC 7919", DhGroupPrimes.Ffdhe6144),
        new("ffdhe8192", "RFC 7919", DhGroupPrimes.Ffdhe8192),
        new("modp2048", "RFC 3526", DhGroupPrimes.Modp2048),
        new("modp3072", "RFC 3526", DhGroupPrimes.Modp3072),
        new("modp4096", "RFC 3526", DhGroupPrimes.Modp4096),
        new("modp6144", "RFC 3526", DhGroupPrimes.Modp6144),
        new("modp8192", "RFC 3526", DhGroupPrimes.Modp8192),
    };

    /// <summary>The name, as <c>ffdhe2048</c> or <c>modp2048</c>.</summary>
    public string Name { get; }

    /// <summary>The RFC that defines the group.</summary>
    public string Source { get; }

    /// <summary>The size of the prime in bits.</summary>
    public int Bits { get; }

    /// <summary>The safe prime p.</summary>
    public BigInteger Prime { get; }

    /// <summary>The generator g.</summary>
    public BigInteger Generator { get; } = 2;

    /// <summary>The group as Diffie-Hellman parameters.</summary>
    public DhParameter Parameter { get; }

    /// <summary>The group of a name, whatever its case.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: no such group.</exception>
    public static DhGroup Get(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return TryGet(name, out DhGroup? group)
            ? group
            : throw new StationException(
                StationFault.InvalidArgument,
                $"There is no Diffie-Hellman group '{name}'. Known: {string.Join(", ", All.Select(known => known.Name))}.");
    }

    /// <summary>The group of a name, whatever its case, if there is one.</summary>
    public static bool TryGet(string? name, [NotNullWhen(true)] out DhGroup? group)
    {
        group = All.FirstOrDefault(known => known.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        return group is not null;
    }

    /// <summary>The group with this prime and generator, if it is a known one.</summary>
    public static DhGroup? Find(BigInteger prime, BigInteger generator) =>
        All.FirstOrDefault(known => known.Generator == generator && known.Prime == prime);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
