namespace SecureStation.Core.Noise;

/// <summary>
/// A token of a handshake pattern (<see href="https://noiseprotocol.org/noise.html#handshake-pattern-basics">section 7.1</see>), or of its modifier
/// <c>hfs</c> (<see href="https://github.com/noiseprotocol/noise_hfs_spec">hybrid forward secrecy</see>, section 4). In the names of the DH tokens the first letter is the initiator's key, the second the responder's.
/// </summary>
public enum HandshakeToken
{
    /// <summary><c>e</c>: the sender makes an ephemeral key pair and sends the public key in clear.</summary>
    E,

    /// <summary><c>s</c>: the sender sends its static public key, encrypted once there is a key.</summary>
    S,

    /// <summary><c>ee</c>: DH of both ephemeral keys.</summary>
    EE,

    /// <summary><c>es</c>: DH of the initiator's ephemeral and the responder's static key.</summary>
    ES,

    /// <summary><c>se</c>: DH of the initiator's static and the responder's ephemeral key.</summary>
    SE,

    /// <summary><c>ss</c>: DH of both static keys.</summary>
    SS,

    /// <summary><c>psk</c>: mixes a pre-shared key into the handshake.</summary>
    Psk,

    /// <summary><c>e1</c>: the sender makes an ephemeral KEM key pair and sends the encapsulation key, encrypted once there is a key.</summary>
    E1,

    /// <summary><c>ekem1</c>: the sender encapsulates a secret to the other's <c>e1</c>, sends the ciphertext, encrypted, and mixes the secret in.</summary>
    EKem1,
}

/// <summary>How tokens are written.</summary>
internal static class HandshakeTokenNames
{
    /// <summary>The token as the specifications write it.</summary>
    public static string Name(this HandshakeToken token) => token.ToString().ToLowerInvariant();
}
