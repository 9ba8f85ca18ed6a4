using System.Numerics;

namespace SecureStation.Core.DiffieHellman.Arithmetic;

/// <summary>Non-negative integers as unsigned big-endian bytes, the form of ASN.1 and of the RFCs.</summary>
internal static class UnsignedBytes
{
    /// <summary>The shortest unsigned big-endian form; one zero byte for 0.</summary>
    internal static byte[] ToUnsignedBytes(this BigInteger value) => value.ToByteArray(isUnsigned: true, isBigEndian: true);

    /// <summary>Reads unsigned big-endian bytes; leading zeros are allowed.</summary>
    internal static BigInteger ToUnsignedInteger(this byte[] bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    /// <summary>The number of bits up to the highest that is set; 0 for 0.</summary>
    internal static int BitCount(this BigInteger value) => (int)value.GetBitLength();
}
