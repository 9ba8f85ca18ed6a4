using SecureStation.Core.Keys;
using SecureStation.Core.Sessions;
using SecureStation.Core.Transport;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Listening;

/// <summary>The accepting side of the station protocol: the listener's identity, trust and invitations.</summary>
internal sealed class StationProtocolListener(StationListener listener) : IProtocolListener
{
    public Task<StationSession> AcceptAsync(ITransport transport, IPendingConnection connection, CancellationToken cancellationToken) =>
        StationProtocolV1.AcceptAsync(
            transport,
            listener.StaticKey,
            new ListenerTerms(listener, connection) { Suites = listener.Options.Suites, Limits = listener.Options.Limits },
            cancellationToken);

    public void Dispose()
    {
        // The identity and the invitations belong to the listener.
    }

    private sealed class ListenerTerms(StationListener listener, IPendingConnection connection) : ResponderTerms
    {
        public override void FirstMessageRead() => connection.FirstMessageRead();

        public override IInvitationUse? FindInvitation(ReadOnlyMemory<byte> id) => listener.Invitations.Find(id);

        public override (TrustVerdict Verdict, StationReason Refusal) Admit(StationPublicKey remote, IInvitationUse? invitation)
        {
            ListenerTrust trust = listener.Options.Trust;
            TrustVerdict verdict = trust.Decide(remote, listener.KeyPair);
            if (!connection.TryTakePlace())
            {
                return (TrustVerdict.Refused(new StationException(StationFault.PeerRefused, "The listener has as many sessions as it may have.")), StationReason.Busy);
            }

            if (invitation is not InvitationUse use)
            {
                return (verdict, StationReason.PeerUntrusted);
            }

            if (use.Entry.Claim(remote.Fingerprint, use.HadExpired) is { } refusal)
            {
                StationFault fault = refusal == StationReason.InvitationUsed ? StationFault.InvitationUsed : StationFault.InvitationExpired;
                return (TrustVerdict.Refused(new StationException(fault, "The client's invitation is used up or has expired.") { PeerFingerprint = remote.Fingerprint.ToString() }), refusal);
            }

            trust.Admit(remote, listener.KeyPair);
            return (TrustVerdict.Trusted(TrustBasis.Invitation, verdict.PeerName), default);
        }

        public override ValueTask WithWorkPermitAsync(Func<ValueTask> work, CancellationToken cancellationToken) => connection.WithWorkPermitAsync(work, cancellationToken);
    }
}
