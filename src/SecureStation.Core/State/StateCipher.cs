using System.Security.Cryptography;
using System.Text;

namespace SecureStation.Core.State;

/// <summary>
/// Bodies and headers of a state file under a passphrase: AES-256-GCM, the key by PBKDF2-HMAC-SHA256 with 600,000 rounds, as for key files.
/// <code>
/// nonce [12] | ciphertext | tag [16]        associated data: table, session, id and column
/// </code>
/// </summary>
internal sealed class StateCipher : IDisposable
{
    public const int SaltLength = 16;
    private const int Rounds = 600_000;
    private const int NonceLength = 12;
    private const int TagLength = 16;

    private readonly AesGcm _aes;
    private readonly byte[] _salt;
    private readonly byte[] _sample;

    public StateCipher(ReadOnlySpan<char> passphrase, ReadOnlySpan<byte> salt)
    {
        byte[] key = Rfc2898DeriveBytes.Pbkdf2(passphrase, salt, Rounds, HashAlgorithmName.SHA256, 32);
        _aes = new AesGcm(key, TagLength);
        CryptographicOperations.ZeroMemory(key);
        _salt = salt.ToArray();
        _sample = Seal([], nameof(IsOf));
    }

    /// <summary>Whether it is made of this passphrase; takes as long as making one. On any thread.</summary>
    public bool IsOf(ReadOnlySpan<char> passphrase)
    {
        using var other = new StateCipher(passphrase, _salt);
        try
        {
            other.Open(_sample, nameof(IsOf));
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    public byte[] Seal(ReadOnlySpan<byte> plaintext, string place)
    {
        byte[] value = new byte[NonceLength + plaintext.Length + TagLength];
        RandomNumberGenerator.Fill(value.AsSpan(0, NonceLength));
        _aes.Encrypt(value.AsSpan(0, NonceLength), plaintext, value.AsSpan(NonceLength, plaintext.Length), value.AsSpan(NonceLength + plaintext.Length), Encoding.UTF8.GetBytes(place));
        return value;
    }

    /// <exception cref="CryptographicException">Another passphrase, or another place.</exception>
    public byte[] Open(ReadOnlySpan<byte> value, string place)
    {
        if (value.Length < NonceLength + TagLength)
        {
            throw new CryptographicException("Too short.");
        }

        byte[] plaintext = new byte[value.Length - NonceLength - TagLength];
        _aes.Decrypt(value[..NonceLength], value.Slice(NonceLength, plaintext.Length), value[^TagLength..], plaintext, Encoding.UTF8.GetBytes(place));
        return plaintext;
    }

    public void Dispose() => _aes.Dispose();
}
