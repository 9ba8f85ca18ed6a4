using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Generators;

namespace SecureStation.Core.Age;

/// <summary>The stanza of passphrases (age.md, "The scrypt recipient type"; RFC 7914). It is the only one in its header.</summary>
/// <remarks>
/// <code>
/// -> scrypt SALT LOGN     salt: 16 bytes; LOGN: decimal, no sign, no leading zero
/// body                    wrapped under scrypt(passphrase, "age-encryption.org/v1/scrypt" ‖ salt, N = 2^LOGN, r = 8, p = 1), 32 bytes
/// </code>
/// </remarks>
internal static class ScryptStanza
{
    public const string Type = "scrypt";
    public const int SaltLength = 16;

    /// <summary>The usual work factor: 256 MiB, about a second.</summary>
    public const int DefaultWorkFactor = 18;

    /// <summary>Salt and work factor of a well-formed stanza.</summary>
    public static (byte[] Salt, int WorkFactor) Check(AgeStanza stanza, int maxWorkFactor)
    {
        stanza.CheckArguments(2);
        byte[] salt = stanza.DecodeArgument(0, SaltLength);
        string text = stanza.Arguments[1];
        if (text.Length > 2 || text[0] == '0' || !text.All(char.IsAsciiDigit))
        {
            throw stanza.Malformed("has a work factor that is not a small decimal number");
        }

        int workFactor = (text[0] - '0') * (text.Length == 2 ? 10 : 1) + (text.Length == 2 ? text[1] - '0' : 0);
        if (workFactor > maxWorkFactor)
        {
            throw stanza.Malformed($"asks for a work factor of {workFactor}; at most {maxWorkFactor} is done");
        }

        stanza.CheckSealedKey();
        return (salt, workFactor);
    }

    /// <summary>The wrap key of a passphrase, which the caller zeroes. It takes 2^<paramref name="workFactor"/> KiB of memory.</summary>
    public static byte[] DeriveWrapKey(SecretBytes passphrase, byte[] salt, int workFactor)
    {
        byte[] copy = passphrase.ToArray();
        try
        {
            return SCrypt.Generate(copy, [.. "age-encryption.org/v1/scrypt"u8, .. salt], 1 << workFactor, 8, 1, AgeKeys.KeyLength);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(copy);
        }
    }

    /// <summary>A passphrase as UTF-8, unchanged.</summary>
    /// <exception cref="StationException"><see cref="StationFault.WrongPassphrase"/>: it is empty.</exception>
    public static SecretBytes TakePassphrase(ReadOnlySpan<char> passphrase)
    {
        if (passphrase.IsEmpty)
        {
            throw new StationException(StationFault.WrongPassphrase, "The passphrase is empty.");
        }

        byte[] bytes = new byte[System.Text.Encoding.UTF8.GetByteCount(passphrase)];
        System.Text.Encoding.UTF8.GetBytes(passphrase, bytes);
        return new SecretBytes(bytes, static () => new ObjectDisposedException("passphrase"));
    }
}
