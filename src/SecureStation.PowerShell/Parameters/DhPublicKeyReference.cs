using System.Text;
using SecureStation.Core;
using SecureStation.Core.DiffieHellman;

namespace SecureStation;

/// <summary>
/// A -PeerPublicKey: the object, a key pair (its public half), or PEM text. The text is read by the command and not by
/// PowerShell's conversion, so that what is wrong with it has its own error.
/// </summary>
public sealed class DhPublicKeyReference
{
    private readonly DhPublicKey? _publicKey;
    private readonly string? _pem;

    /// <summary>A public key that the script holds.</summary>
    public DhPublicKeyReference(DhPublicKey publicKey) => _publicKey = publicKey;

    /// <summary>The public half of a key pair.</summary>
    public DhPublicKeyReference(DhKeyPair keyPair)
    {
        ArgumentNullException.ThrowIfNull(keyPair);
        _publicKey = keyPair.PublicKey;
    }

    /// <summary>A PEM text.</summary>
    public DhPublicKeyReference(string pem) => _pem = pem;

    /// <summary>The public key.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/>, <see cref="StationFault.InvalidParameter"/>.</exception>
    internal DhPublicKey Resolve(DhParameter? expected, DhPolicy policy, CancellationToken cancellationToken) =>
        _publicKey ?? DhPublicKey.Import(Encoding.UTF8.GetBytes(_pem!), expected, policy, cancellationToken);

    /// <inheritdoc/>
    public override string ToString() => _publicKey?.ToString() ?? "PEM";
}
