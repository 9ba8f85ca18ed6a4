using System.Buffers.Binary;
using System.Security.Cryptography;

namespace SecureStation.Core.Age;

/// <summary>Public keys in SSH's wire form (RFC 4253, section 6.6; RFC 8709, section 4), and the tag by which age's stanzas name them.</summary>
internal static class SshWire
{
    private const int TagLength = 4;

    /// <summary>string "ssh-ed25519" ‖ string of the 32 bytes.</summary>
    public static byte[] Ed25519(ReadOnlySpan<byte> publicKey) => [.. Text("ssh-ed25519"u8), .. Text(publicKey)];

    /// <summary>string "ssh-rsa" ‖ mpint e ‖ mpint n.</summary>
    public static byte[] Rsa(RSAParameters key) => [.. Text("ssh-rsa"u8), .. Number(key.Exponent), .. Number(key.Modulus)];

    /// <summary>The first 4 bytes of the wire form's SHA-256, in base64.</summary>
    public static string Tag(ReadOnlySpan<byte> wireForm) => AgeBase64.Encode(SHA256.HashData(wireForm).AsSpan(0, TagLength));

    // u32 length ‖ the bytes.
    private static byte[] Text(ReadOnlySpan<byte> bytes)
    {
        byte[] text = new byte[4 + bytes.Length];
        BinaryPrimitives.WriteInt32BigEndian(text, bytes.Length);
        bytes.CopyTo(text.AsSpan(4));
        return text;
    }

    // Big-endian without leading zeros, but one where the top bit would be a sign.
    private static byte[] Number(ReadOnlySpan<byte> bytes)
    {
        bytes = bytes.TrimStart((byte)0);
        return Text(bytes.Length > 0 && bytes[0] >= 0x80 ? [0, .. bytes] : bytes);
    }
}
