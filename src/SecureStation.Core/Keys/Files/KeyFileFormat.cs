namespace SecureStation.Core.Keys.Files;

/// <summary>The form in which a key file is written. Every form is read.</summary>
public enum KeyFileFormat
{
    /// <summary>PEM with PKCS#8 (RFC 5958); of a public key SubjectPublicKeyInfo (RFC 5280). For openssl and most else.</summary>
    Pkcs8,

    /// <summary>OpenSSH's own: openssh-key-v1 (PROTOCOL.key); of a public key the line that authorized_keys takes. For ssh.</summary>
    OpenSsh,
}
