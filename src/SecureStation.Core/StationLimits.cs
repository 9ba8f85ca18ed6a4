namespace SecureStation.Core;

/// <summary>Every bound of the station protocol, all configurable (docs/protocol/station-1.md, section 10).</summary>
public sealed record StationLimits
{
    /// <summary>The defaults.</summary>
    public static StationLimits Default { get; } = new();

    /// <summary>Time for the whole handshake, from the accepted connection to Welcome. 10 s.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time until the preamble and message 1 are here. 3 s.</summary>
    public TimeSpan FirstMessageTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Connections that may wait for their first message at once, about 4 KiB each; above it the oldest of the source (IPv4 address, IPv6 /64)
    /// that has the most is dropped. 4,096.
    /// </summary>
    public int MaxPendingConnections { get; init; } = 4096;

    /// <summary>Connections that may be in the handshake after their first message, about 12 KiB each; above it as before it. 4,096.</summary>
    public int MaxHandshakes { get; init; } = 4096;

    /// <summary>Handshakes that may do Diffie-Hellman or signature work at once; the rest queue. 2 × cores.</summary>
    public int MaxConcurrentHandshakes { get; init; } = 2 * Environment.ProcessorCount;

    /// <summary>Sessions that a listener may have at once. 10,000.</summary>
    public int MaxSessions { get; init; } = 10_000;

    /// <summary>Bytes that a listener's ended sessions of one identity may hold unread; above it that identity gets no further session (Busy). 16 MiB.</summary>
    public long MaxUnreadPerPeer { get; init; } = 16L * 1024 * 1024;

    /// <summary>Bytes that all ended sessions of a listener may hold unread; above it nobody gets a further session (Busy). 256 MiB.</summary>
    public long MaxUnread { get; init; } = 256L * 1024 * 1024;

    /// <summary>Largest message body accepted, in bytes. 16 MiB.</summary>
    public int MaxMessageSize { get; init; } = 16 * 1024 * 1024;

    /// <summary>Body bytes that the peer may have in this inbox before it has to wait. 1 MiB.</summary>
    public int Window { get; init; } = 1024 * 1024;

    /// <summary>Bytes of bodies and headers that may be in the outbox, sent or not, before Send waits: a message stays there until the peer has acknowledged it. 1 MiB.</summary>
    public int OutboxBytes { get; init; } = 1024 * 1024;

    /// <summary>Messages that may be in the outbox, sent or not, before Send waits. 8,192.</summary>
    public int OutboxMessages { get; init; } = 8192;

    /// <summary>Time without a transport message that decrypts, after which a Ping is sent. 30 s.</summary>
    public TimeSpan PingAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Time without a transport message that decrypts, after which the peer counts as gone. 90 s.</summary>
    public TimeSpan DeadAfter { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>How long a listener keeps a session whose connection was cut; zero: it keeps none. 5 min.</summary>
    public TimeSpan ResumeWindow { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Sessions without a connection that a listener keeps; above it the peer that has most of them loses its oldest. 1,024.</summary>
    public int MaxDetachedSessions { get; init; } = 1024;

    /// <summary>Sessions without a connection that a listener keeps of one identity; above it its oldest is lost. 16.</summary>
    public int MaxDetachedPerPeer { get; init; } = 16;

    /// <summary>Resumes of one identity in a second; above it Busy. 5.</summary>
    public int MaxResumesPerSecond { get; init; } = 5;

    /// <summary>Time for an orderly end. 5 s.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Transport messages after which this side rekeys. 2^20; the peer ends the session at twice that.</summary>
    public long RekeyAfterMessages { get; init; } = 1L << 20;

    /// <summary>Time after which this side rekeys. 1 h.</summary>
    public TimeSpan RekeyAfter { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Transport messages that a peer may send without a Rekey. 2^21.</summary>
    public long MaxMessagesWithoutRekey { get; init; } = 1L << 21;
}
