namespace SecureStation.Core.Keys;

/// <summary>What to say of keys in formats that are not read here: what it is, and the command that makes of it what is.</summary>
internal static class KeyAdvice
{
    private const string OpenSsh = "OPENSSH PRIVATE KEY";

    /// <summary>Of a private key under another label than PKCS#8's.</summary>
    public static string ForPrivate(string label) => label == OpenSsh
        ? "This is an OpenSSH private key, which is not read here. ssh-keygen rewrites an RSA or ECDSA key as PKCS#8, in place, so work on a copy: "
            + "ssh-keygen -p -m PKCS8 -f COPY. It leaves an Ed25519 key as it is: make a new one with New-StationKeyPair."
        : $"A '{label}' is not PKCS#8; convert it with: openssl pkcs8 -topk8 -in FILE -out NEWFILE";

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

        if (IsOpenSshPublic(text))
        {
            return "This is an OpenSSH public key, which is not read here. Of an RSA or ECDSA key ssh-keygen makes one that is: ssh-keygen -e -m PKCS8 -f FILE";
        }

        return null;
    }

    private static bool Has(ReadOnlySpan<char> text, string label) => text.Contains($"-----BEGIN {label}-----", StringComparison.Ordinal);

    // "type base64 comment", RFC 4253's names, or the block of RFC 4716.
    private static bool IsOpenSshPublic(ReadOnlySpan<char> text)
    {
        text = text.TrimStart();
        return text.StartsWith("ssh-", StringComparison.Ordinal)
            || text.StartsWith("ecdsa-sha2-", StringComparison.Ordinal)
            || text.StartsWith("sk-", StringComparison.Ordinal)
            || text.StartsWith("---- BEGIN SSH2 PUBLIC KEY", StringComparison.Ordinal);
    }
}
