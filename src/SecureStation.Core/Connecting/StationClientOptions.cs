using SecureStation.Core.Handshake;
using SecureStation.Core.Keys;
using SecureStation.Core.Protocols;
using SecureStation.Core.Transport;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Connecting;

/// <summary>How a client reaches a station and whom it accepts there.</summary>
public sealed record StationClientOptions
{
    /// <summary>The host name or address. Taken from the invitation when there is one.</summary>
    public string Host { get; init; } = string.Empty;

    /// <summary>The port, 1 to 65535.</summary>
    public int Port { get; init; }

    /// <summary>Where to connect to, where that is no host and port: a Unix socket or a named pipe. It comes before <see cref="Host"/> and <see cref="Port"/>.</summary>
    public StationAddress? Address { get; init; }

    /// <summary>How to get there: straight, or by a <see cref="Transport.Proxies.ProxyDialer"/>.</summary>
    public IConnectionDialer Dialer { get; init; } = DirectDialer.Instance;

    /// <summary>The identity; null makes a fresh one in memory.</summary>
    public StationKeyPair? KeyPair { get; init; }

    /// <summary>Whom to accept.</summary>
    public required ClientTrust Trust { get; init; }

    /// <summary>The name of the suite; with an invitation its psk3 form is used. Null: what <see cref="StationSuite.Choose"/> gives.</summary>
    public string? Suite { get; init; }

    /// <summary>What to speak; the station protocol unless said otherwise.</summary>
    public IStationProtocol Protocol { get; init; } = StationProtocols.Station;

    /// <summary>What only the old, insecure protocols look at.</summary>
    public LegacyOptions Legacy { get; init; } = new();

    /// <summary>
    /// Whether the session outlives its connection: it connects again by itself, and what was sent goes on where it was cut. Only where the listener keeps
    /// sessions too (<see cref="StationLimits.ResumeWindow"/>).
    /// </summary>
    public bool Reconnect { get; init; }

    /// <summary>Whether this station's identity signs receipts for what comes into the session's inbox, if the peer asks: ten a second.</summary>
    public bool AllowSignedReceipts { get; init; }

    /// <summary>
    /// The file that keeps the session over the end of this process, as <see cref="Reconnect"/> does over a cut; null for none. A session with this address that it
    /// holds already is taken up again.
    /// </summary>
    public State.StationState? State { get; init; }

    /// <summary>
    /// Called with each session of <see cref="State"/> that this station opened, that is over, and in whose inbox is what nobody has received; those that ended
    /// in this process are known to it and left out. Null: that stays in the file.
    /// </summary>
    public Action<Sessions.StationSession>? EndedUnread { get; init; }

    /// <summary>The bounds.</summary>
    public StationLimits Limits { get; init; } = StationLimits.Default;

    /// <summary>Where the connection leads: what the invitation says, or the address, or host and port.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: host and port are none.</exception>
    internal StationAddress Target => Trust.Invitation?.Target ?? Address ?? StationAddress.Tcp(Host, Port);

    /// <summary>The same for people; empty where none is named, because the transport is connected already.</summary>
    internal string TargetName => Trust.Invitation is null && Address is null && Port == 0 ? string.Empty : Target.ToString();

    /// <summary>How the connection is made, as the end of a sentence; empty where it goes straight.</summary>
    internal string Via => Dialer is DirectDialer ? string.Empty : $" through {Dialer}";
}
