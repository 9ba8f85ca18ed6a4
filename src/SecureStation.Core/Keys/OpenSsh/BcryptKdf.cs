using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Parameters;

namespace SecureStation.Core.Keys.OpenSsh;

/// <summary>
/// bcrypt_pbkdf, with which OpenSSH makes keys of passphrases (OpenBSD, bcrypt_pbkdf(3)): PBKDF2's loop around bcrypt's expensive key
/// schedule. Blowfish is BouncyCastle's, tables included. Its BCrypt ends in another text and takes shorter salts, and its engine shows no
/// key schedule; so the engine's state is borrowed by name, which the tests against ssh-keygen hold to the package's version.
/// </summary>
internal static class BcryptKdf
{
    /// <summary>The rounds for files that we write: what ssh-keygen takes since OpenSSH 9.4.</summary>
    public const int WrittenRounds = 24;

    /// <summary>The most rounds that a file may ask for. ssh-keygen -a is seldom given more than 100.</summary>
    public const int MaxRounds = 256;

    private const int HashSize = 32;
    private const int KeyScheduleRounds = 64;

    /// <summary>Derives a key of at most 1,024 bytes.</summary>
    public static void DeriveKey(ReadOnlySpan<byte> passphrase, ReadOnlySpan<byte> salt, int rounds, Span<byte> key)
    {
        // The bytes of the blocks are dealt out in turn, one of each: an OpenBSD habit that saves an attacker nothing.
        int blocks = (key.Length + HashSize - 1) / HashSize;
        Span<byte> passphraseHash = stackalloc byte[SHA512.HashSizeInBytes];
        Span<byte> saltHash = stackalloc byte[SHA512.HashSizeInBytes];
        Span<byte> hash = stackalloc byte[HashSize];
        Span<byte> block = stackalloc byte[HashSize];
        byte[] countedSalt = [.. salt, 0, 0, 0, 0];
        try
        {
            SHA512.HashData(passphrase, passphraseHash);
            for (int i = 0; i < blocks; i++)
            {
                BinaryPrimitives.WriteUInt32BigEndian(countedSalt.AsSpan(salt.Length), (uint)i + 1);
                SHA512.HashData(countedSalt, saltHash);
                Hash(passphraseHash, saltHash, hash);
                hash.CopyTo(block);
                for (int round = 1; round < rounds; round++)
                {
                    SHA512.HashData(hash, saltHash);
                    Hash(passphraseHash, saltHash, hash);
                    for (int j = 0; j < HashSize; j++)
                    {
                        block[j] ^= hash[j];
                    }
                }

                for (int j = 0; (j * blocks) + i < key.Length; j++)
                {
                    key[(j * blocks) + i] = block[j];
                }
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(passphraseHash);
            CryptographicOperations.ZeroMemory(saltHash);
            CryptographicOperations.ZeroMemory(hash);
            CryptographicOperations.ZeroMemory(block);
        }
    }

    // bcrypt_hash: bcrypt with 64 rounds of key schedule, salts of 64 bytes, and a text of its own.
    private static void Hash(ReadOnlySpan<byte> passphraseHash, ReadOnlySpan<byte> saltHash, Span<byte> output)
    {
        Span<uint> key = stackalloc uint[16];
        Span<uint> salt = stackalloc uint[16];
        for (int i = 0; i < key.Length; i++)
        {
            key[i] = BinaryPrimitives.ReadUInt32BigEndian(passphraseHash[(i * 4)..]);
            salt[i] = BinaryPrimitives.ReadUInt32BigEndian(saltHash[(i * 4)..]);
        }

        var blowfish = new BlowfishEngine();
        blowfish.Init(true, new KeyParameter(new byte[16]));
        uint[] p = P(blowfish);
        uint[][] tables = [p, S0(blowfish), S1(blowfish), S2(blowfish), S3(blowfish)];
        try
        {
            KP(null).CopyTo(p, 0);
            KS0(null).CopyTo(tables[1], 0);
            KS1(null).CopyTo(tables[2], 0);
            KS2(null).CopyTo(tables[3], 0);
            KS3(null).CopyTo(tables[4], 0);
            ExpandSalted(blowfish, tables, key, salt);
            for (int round = 0; round < KeyScheduleRounds; round++)
            {
                Expand(blowfish, tables, salt);
                Expand(blowfish, tables, key);
            }

            "OxychromaticBlowfishSwatDynamite"u8.CopyTo(output);
            for (int offset = 0; offset < HashSize; offset += 8)
            {
                for (int i = 0; i < KeyScheduleRounds; i++)
                {
                    blowfish.ProcessBlock(output[offset..], output[offset..]);
                }
            }

            // Its words come out with the lowest byte first.
            for (int offset = 0; offset < HashSize; offset += 4)
            {
                output.Slice(offset, 4).Reverse();
            }
        }
        finally
        {
            key.Clear();
            foreach (uint[] table in tables)
            {
                Array.Clear(table);
            }
        }
    }

    // Blowfish's own key schedule, on the tables as they are now.
    private static void Expand(BlowfishEngine blowfish, uint[][] tables, ReadOnlySpan<uint> key)
    {
        AddKey(tables[0], key);
        uint left = 0;
        uint right = 0;
        foreach (uint[] table in tables)
        {
            ProcessTable(blowfish, left, right, table);
            left = table[^2];
            right = table[^1];
        }
    }

    // The same, with the salt mixed into each block before it is encrypted.
    private static void ExpandSalted(BlowfishEngine blowfish, uint[][] tables, ReadOnlySpan<uint> key, ReadOnlySpan<uint> salt)
    {
        AddKey(tables[0], key);
        Span<byte> block = stackalloc byte[8];
        block.Clear();
        int word = 0;
        foreach (uint[] table in tables)
        {
            for (int i = 0; i < table.Length; i += 2)
            {
                uint left = BinaryPrimitives.ReadUInt32BigEndian(block) ^ salt[word++ % salt.Length];
                uint right = BinaryPrimitives.ReadUInt32BigEndian(block[4..]) ^ salt[word++ % salt.Length];
                BinaryPrimitives.WriteUInt32BigEndian(block, left);
                BinaryPrimitives.WriteUInt32BigEndian(block[4..], right);
                blowfish.ProcessBlock(block, block);
                table[i] = BinaryPrimitives.ReadUInt32BigEndian(block);
                table[i + 1] = BinaryPrimitives.ReadUInt32BigEndian(block[4..]);
            }
        }

        block.Clear();
    }

    private static void AddKey(uint[] p, ReadOnlySpan<uint> key)
    {
        for (int i = 0; i < p.Length; i++)
        {
            p[i] ^= key[i % key.Length];
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "P")]
    private static extern ref uint[] P(BlowfishEngine engine);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "S0")]
    private static extern ref uint[] S0(BlowfishEngine engine);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "S1")]
    private static extern ref uint[] S1(BlowfishEngine engine);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "S2")]
    private static extern ref uint[] S2(BlowfishEngine engine);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "S3")]
    private static extern ref uint[] S3(BlowfishEngine engine);

    [UnsafeAccessor(UnsafeAccessorKind.StaticField, Name = "KP")]
    private static extern ref uint[] KP(BlowfishEngine? engine);

    [UnsafeAccessor(UnsafeAccessorKind.StaticField, Name = "KS0")]
    private static extern ref uint[] KS0(BlowfishEngine? engine);

    [UnsafeAccessor(UnsafeAccessorKind.StaticField, Name = "KS1")]
    private static extern ref uint[] KS1(BlowfishEngine? engine);

    [UnsafeAccessor(UnsafeAccessorKind.StaticField, Name = "KS2")]
    private static extern ref uint[] KS2(BlowfishEngine? engine);

    [UnsafeAccessor(UnsafeAccessorKind.StaticField, Name = "KS3")]
    private static extern ref uint[] KS3(BlowfishEngine? engine);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "ProcessTable")]
    private static extern void ProcessTable(BlowfishEngine engine, uint left, uint right, uint[] table);
}
