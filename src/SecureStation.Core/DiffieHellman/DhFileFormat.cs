namespace SecureStation.Core.DiffieHellman;

/// <summary>How a file is encoded.</summary>
public enum DhFileFormat
{
    /// <summary>Base64 between lines that say what it is.</summary>
    Pem,

    /// <summary>The bare bytes of ASN.1.</summary>
    Der,
}
