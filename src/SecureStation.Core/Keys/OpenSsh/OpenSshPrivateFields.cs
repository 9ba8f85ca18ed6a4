using System.Numerics;
using System.Security.Cryptography;

namespace SecureStation.Core.Keys.OpenSsh;

/// <summary>
/// The fields of one private key as they stand in an openssh-key-v1 file (PROTOCOL.agent, 3.2), which name the public half once more.
/// </summary>
//
// ssh-ed25519:         string public (32), string seed and public (64)
// ssh-rsa:             mpint n, mpint e, mpint d, mpint iqmp, mpint p, mpint q
// ecdsa-sha2-nistp256: string "nistp256", string point, mpint d
internal static class OpenSshPrivateFields
{
    private const int P256Size = 32;

    /// <summary>Reads the key, whose public half is the one given.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/></exception>
    public static PrivateKey Read(ref OpenSshReader reader, StationPublicKey publicKey)
    {
        if (reader.ReadName() != OpenSshPublicKey.TypeOf(publicKey.Algorithm))
        {
            throw AnotherKey();
        }

        try
        {
            PrivateKey key = publicKey.Algorithm switch
            {
                StationKeyAlgorithm.Ed25519 => ReadEd25519(ref reader),
                StationKeyAlgorithm.Rsa => ReadRsa(ref reader),
                _ => ReadEcdsa(ref reader),
            };
            if (!key.PublicKey.Equals(publicKey))
            {
                key.Dispose();
                throw AnotherKey();
            }

            return key;
        }
        catch (CryptographicException e)
        {
            throw KeyErrors.Invalid("The OpenSSH private key does not fit together.", e);
        }
    }

    /// <summary>Writes what <see cref="Read"/> reads, from PKCS#8 as <see cref="StationKeyPair.ExportPkcs8"/> gives it.</summary>
    public static void Write(OpenSshWriter writer, StationPublicKey publicKey, ReadOnlySpan<byte> pkcs8)
    {
        writer.WriteString(OpenSshPublicKey.TypeOf(publicKey.Algorithm));
        ReadOnlySpan<byte> spki = publicKey.SubjectPublicKeyInfo.Span;
        switch (publicKey.Algorithm)
        {
            case StationKeyAlgorithm.Ed25519:
                ReadOnlySpan<byte> raw = spki[^Ed25519.PublicKeySize..];
                writer.WriteString(raw);
                writer.WriteUInt32(Ed25519.SeedSize + Ed25519.PublicKeySize);
                writer.WriteBytes(pkcs8[^Ed25519.SeedSize..]);
                writer.WriteBytes(raw);
                break;
            case StationKeyAlgorithm.Rsa:
                WriteRsa(writer, pkcs8);
                break;
            default:
                WriteEcdsa(writer, spki, pkcs8);
                break;
        }
    }

    private static PrivateKey ReadEd25519(ref OpenSshReader reader)
    {
        ReadOnlySpan<byte> named = reader.ReadString(Ed25519.PublicKeySize);
        ReadOnlySpan<byte> both = reader.ReadString(Ed25519.SeedSize + Ed25519.PublicKeySize);
        if (named.Length != Ed25519.PublicKeySize || both.Length != Ed25519.SeedSize + Ed25519.PublicKeySize)
        {
            throw OpenSshReader.Malformed();
        }

        PrivateKey key = PrivateKey.FromEd25519Seed(both[..Ed25519.SeedSize]);
        if (!both[Ed25519.SeedSize..].SequenceEqual(named) || !key.PublicKey.SubjectPublicKeyInfo.Span.EndsWith(named))
        {
            key.Dispose();
            throw AnotherKey();
        }

        return key;
    }

    private static PrivateKey ReadRsa(ref OpenSshReader reader)
    {
        ReadOnlySpan<byte> n = reader.ReadPositive(OpenSshPublicKey.MaxRsaSize);
        ReadOnlySpan<byte> e = reader.ReadPositive(OpenSshPublicKey.MaxRsaSize);
        ReadOnlySpan<byte> d = reader.ReadPositive(n.Length);
        int half = (n.Length + 1) / 2;
        ReadOnlySpan<byte> inverseQ = reader.ReadPositive(half);
        ReadOnlySpan<byte> p = reader.ReadPositive(half);
        ReadOnlySpan<byte> q = reader.ReadPositive(half);
        if (!e.SequenceEqual<byte>([1, 0, 1]))
        {
            throw KeyErrors.Invalid("The public exponent of an RSA key must be 65537.");
        }

        // The file leaves out d mod p-1 and d mod q-1, which .NET wants. BigInteger can't be zeroed; the garbage collector reuses its memory.
        BigInteger bigD = Number(d), bigP = Number(p), bigQ = Number(q);
        if (bigP.IsOne || bigQ.IsOne || bigP * bigQ != Number(n) || !(Number(inverseQ) * bigQ % bigP).IsOne
            || !(bigD * 65537 % (bigP - 1)).IsOne || !(bigD * 65537 % (bigQ - 1)).IsOne)
        {
            throw KeyErrors.Invalid("The numbers of the RSA key do not fit together.");
        }

        var parameters = new RSAParameters
        {
            Modulus = n.ToArray(),
            Exponent = e.ToArray(),
            D = Padded(d, n.Length),
            P = Padded(p, half),
            Q = Padded(q, half),
            DP = Padded((bigD % (bigP - 1)).ToByteArray(isUnsigned: true, isBigEndian: true), half),
            DQ = Padded((bigD % (bigQ - 1)).ToByteArray(isUnsigned: true, isBigEndian: true), half),
            InverseQ = Padded(inverseQ, half),
        };
        RSA rsa = RSA.Create();
        try
        {
            rsa.ImportParameters(parameters);
            KeyErrors.RequireRsaParameters(rsa);
            return PrivateKey.From(rsa);
        }
        catch
        {
            rsa.Dispose();
            throw;
        }
        finally
        {
            Zero(parameters);
        }
    }

    private static PrivateKey ReadEcdsa(ref OpenSshReader reader)
    {
        if (reader.ReadName() != OpenSshPublicKey.EcdsaCurve)
        {
            throw AnotherKey();
        }

        ReadOnlySpan<byte> point = reader.ReadString((2 * P256Size) + 1);
        byte[] d = Padded(reader.ReadPositive(P256Size), P256Size);
        ECDsa? ecdsa = null;
        try
        {
            if (point.Length != (2 * P256Size) + 1 || point[0] != 4)
            {
                throw OpenSshReader.Malformed();
            }

            ecdsa = ECDsa.Create(new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256,
                Q = new ECPoint { X = point[1..33].ToArray(), Y = point[33..].ToArray() },
                D = d,
            });
            return PrivateKey.From(ecdsa);
        }
        catch
        {
            ecdsa?.Dispose();
            throw;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(d);
        }
    }

    private static void WriteRsa(OpenSshWriter writer, ReadOnlySpan<byte> pkcs8)
    {
        using RSA rsa = RSA.Create();
        rsa.ImportPkcs8PrivateKey(pkcs8, out _);
        RSAParameters parameters = rsa.ExportParameters(includePrivateParameters: true);
        try
        {
            writer.WritePositive(parameters.Modulus);
            writer.WritePositive(parameters.Exponent);
            writer.WritePositive(parameters.D);
            writer.WritePositive(parameters.InverseQ);
            writer.WritePositive(parameters.P);
            writer.WritePositive(parameters.Q);
        }
        finally
        {
            Zero(parameters);
        }
    }

    private static void WriteEcdsa(OpenSshWriter writer, ReadOnlySpan<byte> spki, ReadOnlySpan<byte> pkcs8)
    {
        using ECDsa ecdsa = ECDsa.Create();
        ecdsa.ImportPkcs8PrivateKey(pkcs8, out _);
        byte[] d = ecdsa.ExportParameters(includePrivateParameters: true).D!;
        try
        {
            writer.WriteString(OpenSshPublicKey.EcdsaCurve);
            writer.WriteString(spki[^((2 * P256Size) + 1)..]);
            writer.WritePositive(d);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(d);
        }
    }

    private static StationException AnotherKey() => KeyErrors.Invalid("The private and the public part of the OpenSSH key do not belong together.");

    private static BigInteger Number(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    private static byte[] Padded(ReadOnlySpan<byte> number, int size)
    {
        byte[] padded = new byte[size];
        number.CopyTo(padded.AsSpan(size - number.Length));
        return padded;
    }

    private static void Zero(RSAParameters parameters)
    {
        foreach (byte[]? secret in new[] { parameters.D, parameters.P, parameters.Q, parameters.DP, parameters.DQ, parameters.InverseQ })
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }
}
