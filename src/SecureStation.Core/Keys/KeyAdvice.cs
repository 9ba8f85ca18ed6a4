namespace SecureStation.Core.Keys;

/// <summary>What to say of keys in formats that are not read here: what it is, and the command that makes of it what is.</summary>
internal static class KeyAdvice
{
    /// <summary>Of a private key under another label than those that are read.</summary>
    public static string ForPrivate(string label) => $"A '{label}' is not PKCS#8; convert it with: openssl pkcs8 -topk8 -in FILE -out NEWFILE";

    /// <summary>Of a text without a private key that holds something public; null where it does not.</summary>
    public static string? ForPublic(ReadOnlySpan<char> text) =>
        ForOther(text) ?? (Has(text, KeyPem.PublicKeyLabel) ? "The text holds a public key; a private key is wanted (a PEM block 'PRIVATE KEY')." : null);

    /// <summary>Of a text that holds something public in another format; null where it does not.</summary>
    public static string? ForOther(ReadOnlySpan<char> text)
    {
        if (Has(text, "CERTIFICATE"))
        {
            return "The text holds a certificate, not a key; its public key is given by: openssl x509 -in FILE -noout -pubkey";
        }

        if (Has(text, "RSA PUBLIC KEY"))
        {
            return "The text holds a public key as PKCS#1; convert it with: openssl rsa -RSAPublicKey_in -in FILE -pubout";
        }

        if (OpenSshPublicKey.IsIn(text))
        {
            return "The text holds an OpenSSH public key, which is not what is wanted here.";
        }

        return text.TrimStart().StartsWith("---- BEGIN SSH2 PUBLIC KEY", StringComparison.Ordinal)
            ? "This is an SSH2 public key (RFC 4716); ssh-keygen makes one of it that is read: ssh-keygen -i -f FILE"
            : null;
    }

    private static bool Has(ReadOnlySpan<char> text, string label) => text.Contains($"-----BEGIN {label}-----", StringComparison.Ordinal);
}
