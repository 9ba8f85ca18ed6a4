namespace SecureStation.Core;

/// <summary>Where in a connection's beginning something went wrong.</summary>
public enum HandshakeStage
{
    /// <summary>Not in a handshake.</summary>
    None,

    /// <summary>Resolving the name and making the connection.</summary>
    Connect,

    /// <summary>The preamble line that names the suite.</summary>
    Preamble,

    /// <summary>Noise message 1: the initiator's ephemeral key.</summary>
    Message1,

    /// <summary>Noise message 2: the responder's ephemeral and static keys and identity.</summary>
    Message2,

    /// <summary>The decision whether the peer's identity is acceptable.</summary>
    Trust,

    /// <summary>Noise message 3: the initiator's static key and identity.</summary>
    Message3,

    /// <summary>The first encrypted frame of each side.</summary>
    Welcome,

    /// <summary>The fourth message of a legacy handshake.</summary>
    Message4,

    /// <summary>The fifth message of a legacy handshake.</summary>
    Message5,
}
