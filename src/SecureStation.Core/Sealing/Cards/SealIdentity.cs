using System.Security.Cryptography;
using System.Text;
using SecureStation.Core.Age;
using SecureStation.Core.Keys;
using SecureStation.Core.Keys.Files;

namespace SecureStation.Core.Sealing.Cards;

/// <summary>Who can open sealed messages, with the names under which a head may mean it. Not for several threads at a time. <see cref="Dispose"/> zeroes the secret.</summary>
public sealed class SealIdentity : IDisposable
{
    private const int MaxFileLength = 1024 * 1024;

    internal SealIdentity(AgeIdentity identity, params IReadOnlyList<string> names)
    {
        Identity = identity;
        Names = names;
    }

    /// <summary>What the head must name one of: empty for a passphrase, whose messages name nobody.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Whether it is a passphrase.</summary>
    public bool IsPassphrase => Identity is ScryptIdentity;

    /// <summary>Opens.</summary>
    internal AgeIdentity Identity { get; }

    /// <summary>A passphrase. Opening takes as much memory as the file asks for, 4 GiB at most.</summary>
    /// <exception cref="StationException"><see cref="StationFault.WrongPassphrase"/>: empty.</exception>
    public static SealIdentity OfPassphrase(ReadOnlySpan<char> passphrase) => new(new ScryptIdentity(passphrase));

    /// <summary>
    /// Reads a file of age identities (<c>AGE-SECRET-KEY-…</c> lines and comments, as age-keygen writes them, plain or sealed with a passphrase), or an
    /// ssh private key, Ed25519 or RSA.
    /// </summary>
    /// <exception cref="StationException">
    /// <see cref="StationFault.NotFound"/>, <see cref="StationFault.StorageFailed"/>; <see cref="StationFault.InvalidKey"/>: neither; <see cref="StationFault.WrongPassphrase"/>.
    /// </exception>
    public static IReadOnlyList<SealIdentity> ReadFile(string path, ReadOnlySpan<char> passphrase)
    {
        byte[] file = IdentityFile.ReadBounded(path, MaxFileLength);
        try
        {
            if (file.AsSpan().IndexOf("-----BEGIN "u8) >= 0 && !IdentityFile.IsSealed(file))
            {
                using StationKeyPair keyPair = KeyFile.ParsePrivate(file, passphrase);
                return [OfSsh(keyPair)];
            }

            byte[] text = IdentityFile.Open(file, passphrase);
            try
            {
                return ParseLines(path, text);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(text);
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(file);
        }
    }

    /// <summary>The names, never anything secret.</summary>
    public override string ToString() => IsPassphrase ? "passphrase" : string.Join(", ", Names);

    /// <inheritdoc/>
    public void Dispose() => Identity.Dispose();

    /// <summary>An identity of age under its own name.</summary>
    internal static SealIdentity OfAge(AgeIdentity identity, params IEnumerable<string> names) => new(identity, [.. names, RecipientName.OfAge(RecipientOf(identity))]);

    /// <summary>The recipient's string of an identity of age.</summary>
    internal static string RecipientOf(AgeIdentity identity) => identity switch
    {
        HybridIdentity hybrid => hybrid.Recipient.ToString(),
        X25519Identity x25519 => x25519.Recipient.ToString(),
        _ => throw new InvalidOperationException("Only age's own identities have a recipient's string."),
    };

    private static List<SealIdentity> ParseLines(string path, byte[] text)
    {
        var identities = new List<SealIdentity>();
        char[] characters = Encoding.ASCII.GetChars(text);
        try
        {
            var lines = new SecretLines(characters);
            while (lines.TryNext(out ReadOnlySpan<char> line))
            {
                if (line[0] != '#')
                {
                    identities.Add(OfAge(AgeIdentity.Parse(line)));
                }
            }
        }
        finally
        {
            Array.Clear(characters);
        }

        return identities.Count > 0 ? identities : throw KeyErrors.Invalid($"'{path}' holds no age identity (AGE-SECRET-KEY-…) and no ssh private key.");
    }

    private static SealIdentity OfSsh(StationKeyPair keyPair)
    {
        byte[] pkcs8 = keyPair.ExportPkcs8();
        try
        {
            switch (keyPair.Algorithm)
            {
                case StationKeyAlgorithm.Ed25519:
                    // The seed is the end of what Pkcs8.WriteEd25519 writes (RFC 8410, section 7).
                    return new SealIdentity(new SshEd25519Identity(pkcs8.AsSpan()[^Ed25519.SeedSize..]), keyPair.Fingerprint.Text);
                case StationKeyAlgorithm.Rsa:
                    using (RSA rsa = RSA.Create())
                    {
                        rsa.ImportPkcs8PrivateKey(pkcs8, out _);
                        return new SealIdentity(new SshRsaIdentity(rsa), keyPair.Fingerprint.Text);
                    }

                default:
                    throw KeyErrors.Invalid("age seals for ssh keys of Ed25519 and RSA, not for ECDSA.");
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }
}
