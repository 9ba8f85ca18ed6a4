using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace SecureStation.Core.Keys;

/// <summary>
/// The name of a public key: SHA-256 (32 bytes) over its SubjectPublicKeyInfo DER,
/// written <c>SHA256:</c> and 43 characters of unpadded base64, as OpenSSH writes its own.
/// </summary>
public sealed class Fingerprint : IEquatable<Fingerprint>
{
    /// <summary>The size of the hash in bytes.</summary>
    public const int Size = SHA256.HashSizeInBytes;

    private const string Prefix = "SHA256:";
    private const int Base64Length = 43;

    private readonly byte[] _hash;

    private Fingerprint(byte[] hash) => _hash = hash;

    /// <summary>The fingerprint as it is written, <c>SHA256:…</c>: what <see cref="ToString"/> gives, for what reads properties, as JSON does.</summary>
    public string Text => Prefix + Convert.ToBase64String(_hash).TrimEnd('=');

    /// <summary>The 32 bytes of the hash.</summary>
    public ReadOnlySpan<byte> Hash => _hash;

    /// <summary>The fingerprint of a public key, given as SubjectPublicKeyInfo DER. The DER is hashed as it is, not checked.</summary>
    public static Fingerprint Of(ReadOnlySpan<byte> spkiDer) => new(SHA256.HashData(spkiDer));

    /// <summary>Takes the 32 bytes of a hash that was computed elsewhere.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: not 32 bytes.</exception>
    public static Fingerprint FromHash(ReadOnlySpan<byte> hash)
    {
        if (hash.Length != Size)
        {
            throw new StationException(StationFault.InvalidArgument, $"A fingerprint is {Size} bytes, not {hash.Length}.");
        }

        return new Fingerprint(hash.ToArray());
    }

    /// <summary>Reads <c>SHA256:…</c>.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: not of that form.</exception>
    public static Fingerprint Parse(string text) =>
        TryParse(text, out Fingerprint? fingerprint)
            ? fingerprint
            : throw new StationException(
                StationFault.InvalidArgument,
                "A fingerprint is written 'SHA256:' and 43 characters of base64, as Get-StationFingerprint shows it.");

    /// <summary>Reads <c>SHA256:…</c>; one <c>=</c> of padding and white space around it are allowed. False where it is anything else.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out Fingerprint? fingerprint)
    {
        fingerprint = null;
        ReadOnlySpan<char> rest = text.AsSpan().Trim();
        if (!rest.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        rest = rest[Prefix.Length..];
        if (rest.Length == Base64Length + 1 && rest[^1] == '=')
        {
            rest = rest[..^1];
        }

        if (rest.Length != Base64Length)
        {
            return false;
        }

        Span<char> padded = stackalloc char[Base64Length + 1];
        rest.CopyTo(padded);
        padded[^1] = '=';
        var hash = new byte[Size];
        if (!Convert.TryFromBase64Chars(padded, hash, out int written) || written != Size)
        {
            return false;
        }

        // Base64 of 32 bytes leaves two bits unused; where they are not zero the text is not one that we wrote.
        var candidate = new Fingerprint(hash);
        if (!rest.SequenceEqual(candidate.ToString().AsSpan(Prefix.Length)))
        {
            return false;
        }

        fingerprint = candidate;
        return true;
    }

    /// <summary>The hash as 64 lower-case hexadecimal digits.</summary>
    public string ToHex() => Convert.ToHexStringLower(_hash);

    /// <summary>A copy of the 32 bytes of the hash.</summary>
    public byte[] ToBytes() => (byte[])_hash.Clone();

    /// <inheritdoc/>
    public override string ToString() => Text;

    /// <inheritdoc/>
    public bool Equals(Fingerprint? other) => other is not null && _hash.AsSpan().SequenceEqual(other._hash);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Fingerprint);

    /// <inheritdoc/>
    public override int GetHashCode() => MemoryMarshal.Read<int>(_hash);

    /// <summary>Whether both name the same key.</summary>
    public static bool operator ==(Fingerprint? left, Fingerprint? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Whether they name different keys.</summary>
    public static bool operator !=(Fingerprint? left, Fingerprint? right) => !(left == right);
}
