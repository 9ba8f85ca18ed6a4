using SecureStation.Core.Keys;
using SecureStation.Core.Sessions.Secure;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Handshake.Driving;

/// <summary>What a responder brings to a handshake. A listener makes one for each connection.</summary>
internal abstract class ResponderTerms
{
    /// <summary>The names of the suites allowed.</summary>
    public required IReadOnlyList<string> Suites { get; init; }

    /// <summary>The bounds.</summary>
    public required StationLimits Limits { get; init; }

    /// <summary>The clock of the session.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Message 1 is here: the connection no longer counts as one that only waits.</summary>
    public virtual void FirstMessageRead()
    {
    }

    /// <summary>The invitation with this id, also one that is used up or has expired; null if none was given out.</summary>
    public virtual IInvitationUse? FindInvitation(ReadOnlyMemory<byte> id) => null;

    /// <summary>Decides whether an initiator whose identity is proven may come at all; the reason counts where it is refused.</summary>
    public abstract (TrustVerdict Verdict, StationReason Refusal) Decide(StationPublicKey remote, IInvitationUse? invitation);

    /// <summary>Gives an initiator that may come and asks for a new session its place, and claims its invitation.</summary>
    public virtual (TrustVerdict Verdict, StationReason Refusal) Admit(StationPublicKey remote, IInvitationUse? invitation, TrustVerdict verdict) => (verdict, default);

    /// <summary>Who keeps the sessions when their connections are cut; null: they end then.</summary>
    public virtual Sessions.Secure.ISessionKeeper? Keeper => null;

    /// <summary>The session is made, and nothing of it has been read yet: what is offered in it is switched on here.</summary>
    public virtual void Prepare(SecureSession session)
    {
    }

    /// <summary>Runs Diffie-Hellman or signature work when it is this connection's turn.</summary>
    public virtual ValueTask WithWorkPermitAsync(Func<ValueTask> work, CancellationToken cancellationToken) => work();
}
