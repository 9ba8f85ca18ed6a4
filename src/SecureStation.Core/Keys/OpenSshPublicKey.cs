using System.Security.Cryptography;

namespace SecureStation.Core.Keys;

/// <summary>
/// Public keys as OpenSSH writes them: the blob of RFC 4253 (6.6), RFC 5656 (3.1) and RFC 8709 (4), alone or as a line
/// <c>type base64 [comment]</c>.
/// </summary>
internal static class OpenSshPublicKey
{
    public const string Ed25519Type = "ssh-ed25519";
    public const string RsaType = "ssh-rsa";
    public const string EcdsaType = "ecdsa-sha2-nistp256";
    public const string EcdsaCurve = "nistp256";

    /// <summary>A modulus of 8192 bits.</summary>
    public const int MaxRsaSize = StationPublicKey.MaxRsaKeySize / 8;

    /// <summary>An RSA key of 8192 bits takes 1,048 bytes, a certificate more.</summary>
    public const int MaxBlobSize = 16 * 1024;

    private const int P256PointSize = 65;

    /// <summary>Whether the first line that is neither empty nor a comment begins as such a key.</summary>
    public static bool IsIn(ReadOnlySpan<char> text)
    {
        foreach (ReadOnlySpan<char> line in text.EnumerateLines())
        {
            ReadOnlySpan<char> trimmed = line.Trim();
            if (!trimmed.IsEmpty && trimmed[0] != '#')
            {
                return trimmed.StartsWith("ssh-", StringComparison.Ordinal)
                    || trimmed.StartsWith("ecdsa-sha2-", StringComparison.Ordinal)
                    || trimmed.StartsWith("sk-", StringComparison.Ordinal);
            }
        }

        return false;
    }

    /// <summary>Reads the one key line of a text.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/></exception>
    public static StationPublicKey Parse(ReadOnlySpan<char> text)
    {
        KeyPem.RequireSize(text.Length);
        StationPublicKey? found = null;
        foreach (ReadOnlySpan<char> line in text.EnumerateLines())
        {
            ReadOnlySpan<char> trimmed = line.Trim();
            if (trimmed.IsEmpty || trimmed[0] == '#')
            {
                continue;
            }

            if (found is not null)
            {
                throw KeyErrors.Invalid("The text holds more than one line; an OpenSSH public key is one.");
            }

            found = ParseLine(trimmed);
        }

        return found ?? throw KeyErrors.Invalid("The text holds no OpenSSH public key.");
    }

    /// <summary>Reads the blob of a key.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/></exception>
    //
    // string type
    // ssh-ed25519:         string key (32)
    // ssh-rsa:             mpint e, mpint n
    // ecdsa-sha2-nistp256: string "nistp256", string point (04 x y)
    public static StationPublicKey ReadBlob(ReadOnlySpan<byte> blob)
    {
        var reader = new OpenSshReader(blob);
        string type = reader.ReadName();
        StationPublicKey key;
        switch (type)
        {
            case Ed25519Type:
                key = StationPublicKey.FromEd25519(reader.ReadString(Ed25519.PublicKeySize).ToArray());
                break;
            case RsaType:
                byte[] exponent = reader.ReadPositive(MaxRsaSize).ToArray();
                byte[] modulus = reader.ReadPositive(MaxRsaSize).ToArray();
                key = FromRsa(new RSAParameters { Exponent = exponent, Modulus = modulus });
                break;
            case EcdsaType:
                key = ReadEcdsa(ref reader);
                break;
            default:
                throw Unsupported(type);
        }

        reader.RequireEnd();
        return key;
    }

    /// <summary>The blob that <see cref="ReadBlob"/> reads.</summary>
    public static byte[] WriteBlob(StationPublicKey publicKey)
    {
        using var writer = new OpenSshWriter(2 * StationPublicKey.MaxRsaKeySize / 8);
        ReadOnlySpan<byte> spki = publicKey.SubjectPublicKeyInfo.Span;
        writer.WriteString(TypeOf(publicKey.Algorithm));
        switch (publicKey.Algorithm)
        {
            case StationKeyAlgorithm.Ed25519:
                writer.WriteString(spki[^Ed25519.PublicKeySize..]);
                break;
            case StationKeyAlgorithm.Rsa:
                using (RSA rsa = RSA.Create())
                {
                    rsa.ImportSubjectPublicKeyInfo(spki, out _);
                    RSAParameters parameters = rsa.ExportParameters(includePrivateParameters: false);
                    writer.WritePositive(parameters.Exponent);
                    writer.WritePositive(parameters.Modulus);
                }

                break;
            default:
                writer.WriteString(EcdsaCurve);
                writer.WriteString(spki[^P256PointSize..]);
                break;
        }

        return writer.Written.ToArray();
    }

    public static string TypeOf(StationKeyAlgorithm algorithm) => algorithm switch
    {
        StationKeyAlgorithm.Ed25519 => Ed25519Type,
        StationKeyAlgorithm.Rsa => RsaType,
        _ => EcdsaType,
    };

    /// <summary>What to say of a key of a type that no station has.</summary>
    public static StationException Unsupported(string type)
    {
        if (type.Contains("-cert-v0", StringComparison.Ordinal))
        {
            return KeyErrors.Invalid("This is an OpenSSH certificate, and a station trusts keys, not certificates. The key itself is in the file without '-cert' in its name.");
        }

        return type.StartsWith("sk-", StringComparison.Ordinal)
            ? KeyErrors.Invalid("This is an OpenSSH key that lives in a security key (sk-). A station needs one that it can sign with itself: ssh-keygen -t ed25519")
            : KeyErrors.Invalid($"An OpenSSH key of type '{ForeignText.Show(type)}' cannot be a station's identity; {Ed25519Type}, {RsaType} (2048 to 8192 bits) and {EcdsaType} can.");
    }

    private static StationPublicKey ParseLine(ReadOnlySpan<char> line)
    {
        int end = line.IndexOfAny(' ', '\t');
        ReadOnlySpan<char> type = end < 0 ? line : line[..end];
        ReadOnlySpan<char> base64 = end < 0 ? [] : line[end..].TrimStart();
        int comment = base64.IndexOfAny(' ', '\t');
        base64 = comment < 0 ? base64 : base64[..comment];
        byte[] blob = new byte[Math.Min(MaxBlobSize, base64.Length)];
        if (!Convert.TryFromBase64Chars(base64, blob, out int written))
        {
            throw OpenSshReader.Malformed();
        }

        var reader = new OpenSshReader(blob.AsSpan(0, written));
        return reader.ReadName().AsSpan().SequenceEqual(type)
            ? ReadBlob(blob.AsSpan(0, written))
            : throw KeyErrors.Invalid("The OpenSSH public key is of another type than its line says.");
    }

    private static StationPublicKey FromRsa(RSAParameters parameters)
    {
        KeyErrors.RequireRsaKeySize(OpenSshBits(parameters.Modulus!));
        using RSA rsa = RSA.Create();
        try
        {
            rsa.ImportParameters(parameters);
            KeyErrors.RequireRsaParameters(rsa);
            return StationPublicKey.FromSubjectPublicKeyInfo(rsa.ExportSubjectPublicKeyInfo());
        }
        catch (CryptographicException e)
        {
            throw KeyErrors.Invalid("The OpenSSH key holds no good RSA key.", e);
        }
    }

    private static int OpenSshBits(byte[] modulus) => (modulus.Length * 8) - (byte.LeadingZeroCount(modulus[0]));

    private static StationPublicKey ReadEcdsa(ref OpenSshReader reader)
    {
        bool isP256 = reader.ReadName() == EcdsaCurve;
        ReadOnlySpan<byte> point = reader.ReadString(P256PointSize);
        if (!isP256 || point.Length != P256PointSize || point[0] != 4)
        {
            throw OpenSshReader.Malformed();
        }

        try
        {
            using var ecdsa = ECDsa.Create(new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256,
                Q = new ECPoint { X = point[1..33].ToArray(), Y = point[33..].ToArray() },
            });
            return StationPublicKey.FromSubjectPublicKeyInfo(ecdsa.ExportSubjectPublicKeyInfo());
        }
        catch (CryptographicException e)
        {
            throw KeyErrors.Invalid("The OpenSSH key holds no point of the curve P-256.", e);
        }
    }
}
