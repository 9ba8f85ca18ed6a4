namespace SecureStation.Core.Tests.Peers;

/// <summary>A package of Python that a peer needs.</summary>
internal sealed class PythonPackage(string module, string debianName)
{
    private readonly Lazy<bool> _isInstalled = new(() => PythonPeer.Try($"import {module}"));

    /// <summary>https://cryptography.io, which stands on OpenSSL.</summary>
    public static PythonPackage Cryptography { get; } = new("cryptography.hazmat.primitives.ciphers.aead", "python3-cryptography");

    /// <summary>PyCrypto's successor.</summary>
    public static PythonPackage Pycryptodome { get; } = new("Cryptodome", "python3-pycryptodome");

    public string Module => module;

    public string DebianName => debianName;

    public bool IsInstalled => _isInstalled.Value;
}
