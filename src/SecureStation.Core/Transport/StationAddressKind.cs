namespace SecureStation.Core.Transport;

/// <summary>What a <see cref="StationAddress"/> names.</summary>
public enum StationAddressKind
{
    /// <summary><c>host:port</c>, over TCP.</summary>
    Tcp,

    /// <summary><c>unix:/path</c>, a Unix domain socket of this machine.</summary>
    UnixSocket,

    /// <summary><c>pipe:name</c>, a named pipe of this machine (Windows).</summary>
    NamedPipe,
}
