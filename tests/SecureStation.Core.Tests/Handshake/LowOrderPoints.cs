using System.Runtime.InteropServices;
using SecureStation.Core.Noise;

namespace SecureStation.Core.Tests.Handshake;

/// <summary>X25519 public keys of low order: whatever the other side's key, the shared secret is zero (RFC 7748, section 6.1).</summary>
internal static class LowOrderPoints
{
    public static TheoryData<string> All { get; } =
    [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "00000000000000000000000000000000000000000000000000000000000000" + "80",
    ];

    /// <summary>A key pair whose public half is replaced, as only a cheat's can be.</summary>
    public static NoiseKeyPair KeyPair(string point)
    {
        NoiseKeyPair pair = NoiseKeyPair.Generate();
        Convert.FromHexString(point).CopyTo(MemoryMarshal.CreateSpan(ref MemoryMarshal.GetReference(pair.PublicKey), NoiseKeyPair.KeyLength));
        return pair;
    }
}
