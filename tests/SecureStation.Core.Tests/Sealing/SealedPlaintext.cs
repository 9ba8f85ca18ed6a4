using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using SecureStation.Core.Age;
using SecureStation.Core.Keys;
using SecureStation.Core.Sealing;

namespace SecureStation.Core.Tests.Sealing;

/// <summary>Takes sealed messages apart and puts them together by the layout alone, as an attacker or another implementation would.</summary>
internal static class SealedPlaintext
{
    /// <summary>What is in the age file.</summary>
    public static byte[] Of(byte[] file, SealParty reader) => Of(file, [.. reader.Keys.ToIdentities().Select(static one => one.Identity)]);

    public static byte[] Of(byte[] file, IReadOnlyList<AgeIdentity> identities)
    {
        using Stream plaintext = AgeFile.Open(new MemoryStream(file), identities);
        using var copy = new MemoryStream();
        plaintext.CopyTo(copy);
        return copy.ToArray();
    }

    /// <summary>An age file of any plaintext.</summary>
    public static byte[] Seal(byte[] plaintext, SealRecipient recipient)
    {
        using var file = new MemoryStream();
        using AgeWriter writer = AgeFile.Seal(file, [recipient.Get(SealSecrecy.Hybrid) ?? recipient.Get(SealSecrecy.Classical)!]);
        writer.Write(plaintext);
        writer.Complete();
        return file.ToArray();
    }

    /// <summary>A plaintext of any head and body, signed if there is a key.</summary>
    public static byte[] Make(string head, byte[] body, StationKeyPair? sender)
    {
        byte[] headBytes = Encoding.UTF8.GetBytes(head), numbers = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(numbers, body.Length);
        byte[] signature = sender?.Sign(SignaturePurpose.Sealed, [.. SHA256.HashData(headBytes), .. numbers, .. SHA256.HashData(body)]) ?? [];
        return [.. "SecureStation/1 sealed\n"u8, .. U32(headBytes.Length), .. headBytes, .. body, .. signature, (byte)(signature.Length >> 8), (byte)signature.Length];
    }

    /// <summary>The head's text.</summary>
    public static string HeadOf(byte[] plaintext) => Encoding.UTF8.GetString(plaintext.AsSpan(27, (int)BinaryPrimitives.ReadUInt32BigEndian(plaintext.AsSpan(23))));

    public static byte[] U32(int number) => [(byte)(number >> 24), (byte)(number >> 16), (byte)(number >> 8), (byte)number];
}
