using SecureStation.Core.Handshake;
using SecureStation.Core.Handshake.Driving;
using SecureStation.Core.Keys;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;
using SecureStation.Core.Transport;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Protocols;

/// <summary>The accepting side of the station protocol: the listener's identity, trust and invitations.</summary>
internal sealed class StationProtocolListener(ProtocolListenerOptions options) : IProtocolListener
{
    // Signed once, for all connections.
    private readonly StationStaticKey _static = new(options.KeyPair);

    public Task<StationSession> AcceptAsync(ITransport transport, IPendingConnection connection, CancellationToken cancellationToken) =>
        StationProtocolV1.AcceptAsync(
            transport,
            _static,
            new ListenerTerms(options, connection) { Suites = options.Suites, Limits = options.Limits },
            cancellationToken);

    /// <summary>Forgets the static key. The identity and the invitations belong to the listener.</summary>
    public void Dispose() => _static.Dispose();

    private sealed class ListenerTerms(ProtocolListenerOptions options, IPendingConnection connection) : ResponderTerms
    {
        private readonly ListenerTrust _trust = options.Trust;

        public override void FirstMessageRead() => connection.FirstMessageRead();

        public override IInvitationUse? FindInvitation(ReadOnlyMemory<byte> id) => options.Invitations?.Find(id);

        public override void Prepare(SecureSession session) => options.Prepare?.Invoke(session);

        public override ValueTask WithWorkPermitAsync(Func<ValueTask> work, CancellationToken cancellationToken) => connection.WithWorkPermitAsync(work, cancellationToken);

        public override ISessionKeeper? Keeper => options.Keeper;

        // First whether the client may come at all, then whether there is a place for it, and only then is anything claimed or written: strangers
        // take no places, and who finds none has used nothing up.
        public override (TrustVerdict Verdict, StationReason Refusal) Decide(StationPublicKey remote, IInvitationUse? invitation)
        {
            TrustVerdict verdict = _trust.Decide(remote, options.KeyPair);
            if (invitation is null && !verdict.IsTrusted)
            {
                return (verdict, StationReason.PeerUntrusted);
            }

            if (invitation?.Check(remote.Fingerprint, () => IsTrusted(remote)) is { } unusable)
            {
                return Refuse(remote, unusable);
            }

            return (invitation is null ? verdict : TrustVerdict.Trusted(TrustBasis.Invitation, verdict.PeerName), default);
        }

        public override (TrustVerdict Verdict, StationReason Refusal) Admit(StationPublicKey remote, IInvitationUse? invitation, TrustVerdict verdict)
        {
            if (!connection.TryTakePlace(remote.Fingerprint))
            {
                return Refuse(remote, StationReason.Busy);
            }

            if (invitation is null)
            {
                return (verdict, default);
            }

            bool isAdmitted = false;
            try
            {
                StationReason? refusal = invitation.Claim(remote.Fingerprint, () => IsTrusted(remote), () => _trust.Admit(remote, options.KeyPair));
                isAdmitted = refusal is null;
                return refusal is { } reason ? Refuse(remote, reason) : (TrustVerdict.Trusted(TrustBasis.Invitation, verdict.PeerName).With(_trust.CapabilitiesOf(remote.Fingerprint)), default);
            }
            finally
            {
                if (!isAdmitted)
                {
                    connection.ReturnPlace();
                }
            }
        }

        private bool IsTrusted(StationPublicKey remote) => _trust.Decide(remote, options.KeyPair).IsTrusted;

        private static (TrustVerdict Verdict, StationReason Refusal) Refuse(StationPublicKey remote, StationReason reason)
        {
            (StationFault fault, string message) = reason switch
            {
                StationReason.Busy => (StationFault.PeerRefused, "The listener has as many sessions as it may have, or too much that nobody has received from this client's ended ones."),
                StationReason.InvitationUsed => (StationFault.InvitationUsed, "The client's invitation has been used by others."),
                StationReason.InvitationExpired => (StationFault.InvitationExpired, "The client's invitation has expired or was withdrawn."),
                _ => (StationFault.PeerUntrusted, $"The client's invitation let it in before, but {remote} is accepted no longer."),
            };
            return (TrustVerdict.Refused(new StationException(fault, message) { PeerFingerprint = remote.Fingerprint.ToString() }), reason);
        }
    }
}
