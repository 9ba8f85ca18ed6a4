using SecureStation.Core.Handshake;
using SecureStation.Core.Handshake.Driving;
using SecureStation.Core.Keys;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Tests.Sessions;

/// <summary>A responder that accepts everybody, or nobody, without a listener.</summary>
internal sealed class TestTerms : ResponderTerms
{
    public bool Accepts { get; init; } = true;

    public byte[]? InvitationSecret { get; init; }

    public static TestTerms Create(StationLimits? limits = null, bool accepts = true, byte[]? invitationSecret = null, TimeProvider? time = null) =>
        new() { Suites = StationSuite.Names, Limits = limits ?? StationLimits.Default, Accepts = accepts, InvitationSecret = invitationSecret, Time = time ?? TimeProvider.System };

    public override IInvitationUse? FindInvitation(ReadOnlyMemory<byte> id) => InvitationSecret is null ? null : new TestInvitation(InvitationSecret);

    public override (TrustVerdict Verdict, StationReason Refusal) Decide(StationPublicKey remote, IInvitationUse? invitation) => Accepts
        ? (TrustVerdict.Trusted(TrustBasis.Any), default)
        : (TrustVerdict.Refused(new StationException(StationFault.PeerUntrusted, "Nobody is trusted here.")), StationReason.PeerUntrusted);

    private sealed class TestInvitation(byte[] secret) : IInvitationUse
    {
        public void GiveSecretTo(StationHandshake handshake) => handshake.SetInvitationSecret(secret);

        public StationReason? Check(Fingerprint identity, Func<bool> isTrusted) => null;

        public StationReason? Claim(Fingerprint identity, Func<bool> isTrusted, Action admit) => null;
    }
}
