using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using SecureStation.Core;

namespace SecureStation.Legacy.DocumentNotary;

/// <summary>
/// The message from the first to the second client: <c>base64(IV [16] ‖ AES-CBC(password, IV, PKCS#7(text)))</c>. Nothing protects it from
/// being altered.
/// </summary>
internal static class DocumentCipher
{
    /// <summary>What the old receiver reads: 2,048 characters, 1,519 bytes of text.</summary>
    public const int MaxWire = 2048;

    public const int IvSize = 16;

    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/></exception>
    public static void RequirePassword(int length)
    {
        if (length is not (16 or 24 or 32))
        {
            throw new StationException(StationFault.InvalidArgument, $"The password is used as an AES key: it has 16, 24 or 32 bytes, not {length}.");
        }
    }

    [SuppressMessage("Security", "CA5401:Do not use CreateEncryptor with non-default IV", Justification = "The IV is random, or a test vector's.")]
    public static byte[] Encrypt(ReadOnlySpan<byte> text, ReadOnlySpan<byte> password, ReadOnlySpan<byte> iv)
    {
        using Aes aes = Create(password);
        return [.. iv, .. aes.EncryptCbc(text, iv)];
    }

    /// <summary>Null where it does not decrypt.</summary>
    public static byte[]? Decrypt(ReadOnlySpan<byte> message, ReadOnlySpan<byte> password)
    {
        if (message.Length < 2 * IvSize || message.Length % IvSize != 0)
        {
            return null;
        }

        try
        {
            using Aes aes = Create(password);
            return aes.DecryptCbc(message[IvSize..], message[..IvSize]);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static Aes Create(ReadOnlySpan<byte> password)
    {
        byte[] key = password.ToArray();
        var aes = Aes.Create();
        aes.Key = key;
        CryptographicOperations.ZeroMemory(key);
        return aes;
    }
}
