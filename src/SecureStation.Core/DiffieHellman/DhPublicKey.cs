using System.Numerics;
using System.Security.Cryptography;
using SecureStation.Core.DiffieHellman.Arithmetic;
using SecureStation.Core.Keys;
using SecureStation.Core.Noise.Primitives;

namespace SecureStation.Core.DiffieHellman;

/// <summary>
/// A public value of a Diffie-Hellman exchange together with its group. A finite-field value has been validated when there is
/// an object of this type; of X25519 every 32 bytes are a key, and a point of low order shows at the agreement (RFC 7748, 6.1).
/// Immutable and thread-safe.
/// </summary>
public sealed class DhPublicKey : IEquatable<DhPublicKey>
{
    private readonly byte[] _encoded;

    private DhPublicKey(DhAlgorithm algorithm, DhParameter? parameter, byte[] encoded)
    {
        Algorithm = algorithm;
        Parameter = parameter;
        _encoded = encoded;
    }

    /// <summary>Finite field or X25519.</summary>
    public DhAlgorithm Algorithm { get; }

    /// <summary>The parameters of a finite-field key; null for X25519.</summary>
    public DhParameter? Parameter { get; }

    /// <summary>The name of the group: <c>X25519</c>, a known finite-field group, or null.</summary>
    public string? GroupName => Algorithm == DhAlgorithm.X25519 ? nameof(DhAlgorithm.X25519) : Parameter!.GroupName;

    /// <summary>The public value y of a finite-field key; null for X25519.</summary>
    public BigInteger? Value => Algorithm == DhAlgorithm.FiniteField ? _encoded.ToUnsignedInteger() : null;

    /// <summary>The raw public value: y as long as p with zeros on the left, or the 32 bytes of X25519.</summary>
    internal ReadOnlySpan<byte> Encoded => _encoded;

    /// <summary>Makes a finite-field public key of its value.</summary>
    /// <param name="parameter">The group.</param>
    /// <param name="value">The public value y.</param>
    /// <param name="policy">Which groups are acceptable; <see cref="DhPolicy.Default"/> if null.</param>
    /// <param name="cancellationToken">Ends the test of an unknown prime.</param>
    /// <exception cref="StationException"><see cref="StationFault.InvalidParameter"/>: the group or the value is not acceptable.</exception>
    public static DhPublicKey FromValue(
        DhParameter parameter,
        BigInteger value,
        DhPolicy? policy = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        if (value < 2 || value > parameter.Prime - 2)
        {
            throw new StationException(StationFault.InvalidParameter, "The Diffie-Hellman public value is not in 2 … p − 2.");
        }

        parameter.EnsureAcceptable(policy, cancellationToken);

        // A value of the wrong subgroup would give away the lowest bit of our exponent. Where the generator itself is no
        // residue the honest peer's value is none either in half of all exchanges, and our own exponents are even.
        if (!parameter.GeneratesWholeGroup(cancellationToken) && !QuadraticResidue.Contains(value, parameter.Prime))
        {
            throw new StationException(StationFault.InvalidParameter, "The Diffie-Hellman public value is not in the generator's subgroup.");
        }

        return new DhPublicKey(DhAlgorithm.FiniteField, parameter, LeftPad(value.ToUnsignedBytes(), parameter.ByteLength));
    }

    /// <summary>Makes an X25519 public key of its 32 bytes.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/>: another length.</exception>
    public static DhPublicKey FromX25519(ReadOnlySpan<byte> publicKey) => publicKey.Length == X25519.KeyLength
        ? new DhPublicKey(DhAlgorithm.X25519, null, publicKey.ToArray())
        : throw new StationException(StationFault.InvalidKey, $"An X25519 public key has {X25519.KeyLength} bytes, not {publicKey.Length}.");

    /// <summary>Reads a SubjectPublicKeyInfo in PEM or DER.</summary>
    /// <param name="pemOrDer">The file: dhKeyAgreement (PKCS#3), dhpublicnumber (X9.42) or X25519 (RFC 8410).</param>
    /// <param name="expected">The parameters that the key must have, or null for any acceptable ones.</param>
    /// <param name="policy">Which groups are acceptable; <see cref="DhPolicy.Default"/> if null.</param>
    /// <param name="cancellationToken">Ends the test of an unknown prime.</param>
    /// <exception cref="StationException">
    /// <see cref="StationFault.InvalidKey"/>: not such a key. <see cref="StationFault.InvalidParameter"/>: other parameters than
    /// expected, or the group or value is not acceptable.
    /// </exception>
    public static DhPublicKey Import(
        ReadOnlySpan<byte> pemOrDer,
        DhParameter? expected = null,
        DhPolicy? policy = null,
        CancellationToken cancellationToken = default) =>
        DhKeyEncoding.ReadPublic(pemOrDer, expected, policy, cancellationToken);

    /// <summary>The SubjectPublicKeyInfo in DER.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: X9.42 of an X25519 key, or of a generator of order 2q.</exception>
    public byte[] ToSubjectPublicKeyInfo(DhKeyFormat format = DhKeyFormat.Pkcs3) => DhKeyEncoding.WritePublic(this, format);

    /// <summary>The SubjectPublicKeyInfo in PEM, with a final newline, as openssl writes it.</summary>
    /// <inheritdoc cref="ToSubjectPublicKeyInfo" path="/exception"/>
    public string ToPem(DhKeyFormat format = DhKeyFormat.Pkcs3) => DhPem.WritePem(KeyPem.PublicKeyLabel, ToSubjectPublicKeyInfo(format));

    /// <summary>The raw public value: y as long as p with zeros on the left, or the 32 bytes of X25519.</summary>
    public byte[] ToBytes() => [.. _encoded];

    /// <inheritdoc/>
    public bool Equals(DhPublicKey? other) =>
        other is not null
        && Algorithm == other.Algorithm
        && Equals(Parameter, other.Parameter)
        && _encoded.AsSpan().SequenceEqual(other._encoded);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as DhPublicKey);

    /// <inheritdoc/>
    public override int GetHashCode() => Value?.GetHashCode() ?? BitConverter.ToInt32(_encoded, 0);

    /// <summary>The group and a digest by which people tell keys apart.</summary>
    public override string ToString() =>
        $"{(Algorithm == DhAlgorithm.X25519 ? nameof(DhAlgorithm.X25519) : Parameter)} {Convert.ToHexStringLower(SHA256.HashData(_encoded))[..16]}";

    /// <summary>The public value of a private exponent of ours.</summary>
    internal static DhPublicKey OfExponent(DhParameter parameter, ReadOnlySpan<byte> exponent)
    {
        byte[] value = ModularArithmetic.Default.ModPow(
            parameter.Generator.ToUnsignedBytes(), exponent, parameter.Prime.ToUnsignedBytes());
        return new DhPublicKey(DhAlgorithm.FiniteField, parameter, value);
    }

    /// <summary>The public value of an X25519 private key of ours.</summary>
    internal static DhPublicKey OfX25519(byte[] privateKey)
    {
        byte[] publicKey = new byte[X25519.KeyLength];
        X25519.ComputePublicKey(privateKey, publicKey);
        return new DhPublicKey(DhAlgorithm.X25519, null, publicKey);
    }

    private static byte[] LeftPad(byte[] shortest, int length)
    {
        byte[] padded = new byte[length];
        shortest.CopyTo(padded, length - shortest.Length);
        return padded;
    }
}
