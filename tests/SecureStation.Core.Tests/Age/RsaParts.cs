using System.Numerics;
using System.Security.Cryptography;

namespace SecureStation.Core.Tests.Age;

/// <summary>The parts of an RSA private key that OpenSSH's files leave out.</summary>
internal static class RsaParts
{
    public static RSAParameters Complete(byte[] n, byte[] e, byte[] d, byte[] p, byte[] q)
    {
        BigInteger Number(byte[] bytes) => new(bytes, isUnsigned: true, isBigEndian: true);
        byte[] Bytes(BigInteger value, int length)
        {
            byte[] bytes = value.ToByteArray(isUnsigned: true, isBigEndian: true);
            return [.. new byte[length - bytes.Length], .. bytes];
        }

        int half = (n.Length + 1) / 2;
        return new RSAParameters
        {
            Modulus = n,
            Exponent = e,
            D = Bytes(Number(d), n.Length),
            P = Bytes(Number(p), half),
            Q = Bytes(Number(q), half),
            DP = Bytes(Number(d) % (Number(p) - 1), half),
            DQ = Bytes(Number(d) % (Number(q) - 1), half),
            InverseQ = Bytes(BigInteger.ModPow(Number(q), Number(p) - 2, Number(p)), half),
        };
    }
}
