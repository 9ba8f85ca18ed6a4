namespace SecureStation.Core.DiffieHellman;

/// <summary>
/// How the file of a finite-field key names its group. OpenSSL derives only between two keys of the same form: its algorithms DH and DHX.
/// X25519 keys have a form of their own.
/// </summary>
public enum DhKeyFormat
{
    /// <summary>PKCS#3, dhKeyAgreement with { p, g }: openssl's DH.</summary>
    Pkcs3,

    /// <summary>X9.42 (RFC 3279, 2.3.3), dhpublicnumber with { p, g, q }: openssl's DHX.</summary>
    X942,
}
