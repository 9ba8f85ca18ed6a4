using SecureStation.Core;
using SecureStation.Core.DiffieHellman;
using SecureStation.Core.Listening;
using SecureStation.Core.Notary;
using SecureStation.Core.Sessions;
using SecureStation.Core.Transfers;

namespace SecureStation;

/// <summary>The kinds of things that run in this process under an id.</summary>
internal static class IdKinds
{
    /// <summary>Sessions.</summary>
    public static IdKind<StationSession> Sessions { get; } = new(
        "session",
        StationSubject.Session,
        static () => StationRegistry.Current.Sessions,
        static session => session.Id,
        static session => $"{session.Role} {session.PeerName ?? session.RemoteFingerprint} {session.RemoteAddress}",
        static session => session.Role == StationRole.Initiator ? "initiator" : "responder");

    /// <summary>Listeners.</summary>
    public static IdKind<StationListener> Listeners { get; } = new(
        "listener",
        StationSubject.Listener,
        static () => StationRegistry.Current.Listeners,
        static listener => listener.Id,
        static listener => string.Join(", ", listener.Addresses));

    /// <summary>Invitations that listeners have given out.</summary>
    public static IdKind<ListenerInvitation> Invitations { get; } = new(
        "invitation of a listener",
        StationSubject.None,
        static () => [.. StationRegistry.Current.Listeners.SelectMany(static listener => listener.GetInvitations())],
        static invitation => invitation.Id,
        static invitation => $"{invitation.State}, {invitation.Address}");

    /// <summary>Diffie-Hellman servers.</summary>
    public static IdKind<DhServer> DhServers { get; } = new(
        "Diffie-Hellman server",
        StationSubject.DhServer,
        static () => StationRegistry.Current.DhServers,
        static server => server.Id,
        static server => string.Join(", ", server.EndPoints));

    /// <summary>Notaries of every protocol.</summary>
    public static IdKind<INotaryServer> Notaries { get; } = new(
        "notary",
        StationSubject.Notary,
        static () => StationRegistry.Current.Notaries,
        static notary => notary.Id,
        static notary => $"{notary.Protocol} {notary.Uri}");

    /// <summary>Notaries that timestamp.</summary>
    public static IdKind<StationNotary> TimestampNotaries { get; } = new(
        "notary",
        StationSubject.Notary,
        static () => [.. StationRegistry.Current.Notaries.OfType<StationNotary>()],
        static notary => notary.Id,
        static notary => $"{notary.Protocol} {notary.Uri}");

    /// <summary>Transfers of files.</summary>
    public static IdKind<StationTransfer> Transfers { get; } = new(
        "transfer",
        StationSubject.Transfer,
        static () => StationRegistry.Current.Transfers,
        static transfer => transfer.Id,
        static transfer => $"{transfer.Direction} {transfer.State} {transfer.Name}");

    /// <summary>Mailboxes.</summary>
    public static IdKind<StationMailbox> Mailboxes { get; } = new(
        "mailbox",
        StationSubject.None,
        static () => StationRegistry.Current.Mailboxes,
        static mailbox => mailbox.Id,
        static mailbox => mailbox.Address);

    /// <summary>The kind of a type.</summary>
    public static IdKind<T> Of<T>()
        where T : class =>
        (Sessions as IdKind<T> ?? Transfers as IdKind<T> ?? Listeners as IdKind<T> ?? Invitations as IdKind<T> ?? DhServers as IdKind<T> ?? Notaries as IdKind<T> ?? Mailboxes as IdKind<T> ?? (object)TimestampNotaries) as IdKind<T>
            ?? throw new NotSupportedException(typeof(T).Name);
}
