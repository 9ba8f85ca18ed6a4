using System.Security.Cryptography;

namespace SecureStation.Core.Keys;

/// <summary>
/// Finds the one key block of a PEM text (RFC 7468). Text before and after blocks, and blocks of other things, are passed over;
/// two keys in one text are refused rather than guessed at.
/// </summary>
internal static class KeyPem
{
    public const string PublicKeyLabel = "PUBLIC KEY";
    public const string PrivateKeyLabel = "PRIVATE KEY";
    public const string EncryptedPrivateKeyLabel = "ENCRYPTED PRIVATE KEY";
    public const string OpenSshPrivateKeyLabel = "OPENSSH PRIVATE KEY";

    /// <summary>The largest key file, in bytes; the largest real one is under 8 KiB.</summary>
    public const int MaxSize = 64 * 1024;

    private const string BeginMarker = "-----BEGIN ";

    /// <summary>The DER in the only <c>PUBLIC KEY</c> block.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/></exception>
    public static byte[] FindPublicKey(ReadOnlySpan<char> pem)
    {
        Block? found = FindOne(pem, label => label is PublicKeyLabel, out bool hasPrivateKey);
        if (found is null)
        {
            throw KeyErrors.Invalid(hasPrivateKey
                ? "The text holds a private key; a public key is wanted (a PEM block 'PUBLIC KEY')."
                : KeyAdvice.ForOther(pem) ?? "The text holds no public key (a PEM block 'PUBLIC KEY').");
        }

        return Decode(pem, found.Value);
    }

    /// <summary>The DER in the only private key block, which the caller zeroes, and whether it is encrypted.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/></exception>
    public static byte[] FindPrivateKey(ReadOnlySpan<char> pem, out bool isEncrypted)
    {
        byte[] der = FindPrivateKey(pem, out string label);
        isEncrypted = label == EncryptedPrivateKeyLabel;
        if (label == OpenSshPrivateKeyLabel)
        {
            CryptographicOperations.ZeroMemory(der);
            throw KeyErrors.Invalid("This is an OpenSSH private key: a key to sign with, which is of no use here.");
        }

        return der;
    }

    /// <summary>What is in the only private key block, which the caller zeroes, and its label: one of the three above.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/></exception>
    public static byte[] FindPrivateKey(ReadOnlySpan<char> pem, out string label)
    {
        Block? found = FindOne(pem, label => label.EndsWith(PrivateKeyLabel, StringComparison.Ordinal), out _);
        if (found is null)
        {
            throw KeyErrors.Invalid(KeyAdvice.ForPublic(pem) ?? "The text holds no private key (a PEM block 'PRIVATE KEY' or 'ENCRYPTED PRIVATE KEY').");
        }

        label = found.Value.Label;
        if (label is not (PrivateKeyLabel or EncryptedPrivateKeyLabel or OpenSshPrivateKeyLabel))
        {
            throw KeyErrors.Invalid(KeyAdvice.ForPrivate(label));
        }

        return Decode(pem, found.Value);
    }

    private static Block? FindOne(ReadOnlySpan<char> pem, Func<string, bool> isWanted, out bool hasPrivateKey)
    {
        RequireSize(pem.Length);
        if (pem.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal))
        {
            throw KeyErrors.Invalid(
                "The key is encrypted in OpenSSL's old way, which is weak; convert it with: openssl pkcs8 -topk8 -v2 aes-256-cbc -in FILE -out NEWFILE");
        }

        Block? found = null;
        hasPrivateKey = false;
        int blocks = 0;
        int offset = 0;
        while (PemEncoding.TryFind(pem[offset..], out PemFields fields))
        {
            blocks++;
            ReadOnlySpan<char> rest = pem[offset..];
            string label = rest[fields.Label].ToString();
            hasPrivateKey |= label.EndsWith(PrivateKeyLabel, StringComparison.Ordinal);
            if (isWanted(label))
            {
                if (found is not null)
                {
                    throw KeyErrors.Invalid("The text holds more than one key of the kind wanted; which one is meant?");
                }

                (int start, int length) = fields.Base64Data.GetOffsetAndLength(rest.Length);
                found = new Block(label, offset + start, length, fields.DecodedDataLength);
            }

            offset += fields.Location.End.GetOffset(rest.Length);
        }

        // PemEncoding passes over a block that is cut off or not base64; here that block may have been the key.
        if (pem.Count(BeginMarker) != blocks)
        {
            throw KeyErrors.Invalid("The text holds a damaged PEM block.");
        }

        return found;
    }

    /// <summary>Refuses a text or file that is too large to be a key.</summary>
    public static void RequireSize(long size)
    {
        if (size > MaxSize)
        {
            throw KeyErrors.Invalid($"A key file is {MaxSize / 1024} KiB at most.");
        }
    }

    private static byte[] Decode(ReadOnlySpan<char> pem, Block block)
    {
        var der = new byte[block.DecodedLength];
        if (!Convert.TryFromBase64Chars(pem.Slice(block.Start, block.Length), der, out int written) || written != der.Length)
        {
            throw KeyErrors.Invalid("The text holds a damaged PEM block.");
        }

        return der;
    }

    /// <summary>Where the base64 of a block stands in the text.</summary>
    private readonly record struct Block(string Label, int Start, int Length, int DecodedLength);
}
