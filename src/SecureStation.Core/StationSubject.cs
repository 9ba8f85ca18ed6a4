namespace SecureStation.Core;

/// <summary>What kind of thing a failure is about, where its <see cref="StationFault"/> is one of many kinds: advice depends on it.</summary>
public enum StationSubject
{
    /// <summary>Nothing is said.</summary>
    None,

    /// <summary>A file.</summary>
    File,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A key of a key store.</summary>
    Key,

    /// <summary>A record of a trust store.</summary>
    Peer,

    /// <summary>A protocol.</summary>
    Protocol,

    /// <summary>The old protocols, which an installation may lack.</summary>
    LegacyProtocols,

    /// <summary>A session of this process.</summary>
    Session,

    /// <summary>A listener of this process.</summary>
    Listener,

    /// <summary>A notary of this process.</summary>
    Notary,

    /// <summary>A notary's log.</summary>
    NotaryLog,

    /// <summary>A Diffie-Hellman server of this process.</summary>
    DhServer,

    /// <summary>A file with a certificate and its private key.</summary>
    Certificate,

    /// <summary>Diffie-Hellman parameters that are too weak but for teaching.</summary>
    WeakParameter,

    /// <summary>A notary that is reached over HTTP.</summary>
    WebServer,

    /// <summary>TLS with a web server.</summary>
    Tls,

    /// <summary>The folder of a store, into which others can write.</summary>
    OpenFolder,

    /// <summary>A file of a store that others can read or write.</summary>
    OpenFile,

    /// <summary>A file of a store that belongs to another user.</summary>
    ForeignFile,

    /// <summary>A symbolic link where a store has a file.</summary>
    Link,

    /// <summary>A public key file of a key store, which is made anew from the private one.</summary>
    PublicKeyFile,

    /// <summary>The work that a key file asks for to turn its passphrase into a key.</summary>
    KeyDerivation,

    /// <summary>A log of what this process's stations do.</summary>
    StationLog,

    /// <summary>The sealing keys of an identity.</summary>
    SealingKey,

    /// <summary>A sealed message without a sender.</summary>
    Anonymous,

    /// <summary>A signed receipt.</summary>
    Receipt,

    /// <summary>A handler of requests.</summary>
    Handler,

    /// <summary>A file at the other side of a transfer.</summary>
    PeersFile,

    /// <summary>A Unix socket.</summary>
    UnixSocket,

    /// <summary>A proxy, or what it says of where it was to connect.</summary>
    Proxy,

    /// <summary>The login at a proxy.</summary>
    ProxyLogin,

    /// <summary>A transfer of this process.</summary>
    Transfer,

    /// <summary>A state file.</summary>
    State,

    /// <summary>A recipient or an identity of age, as text.</summary>
    AgeKey,

    /// <summary>A sealed message or file, which brings its sender's signature with it.</summary>
    SealedMessage,

    /// <summary>Mail that is in a mailbox.</summary>
    Mail,
}
