using SecureStation.Core;
using SecureStation.Core.Keys;
using SecureStation.Core.Trust;

namespace SecureStation;

/// <summary>How a handshake by hand decides about its peer, out of the parameters that Connect-Station has too.</summary>
internal static class HandshakeTrust
{
    /// <summary>The decision of one side.</summary>
    /// <param name="role">An initiator trusts as a client does.</param>
    /// <param name="mode">-TrustMode.</param>
    /// <param name="store">-TrustStore.</param>
    /// <param name="fingerprint">-PeerFingerprint.</param>
    /// <param name="peer">The key of -Peer.</param>
    /// <param name="address">-Address, or the invitation's; for initiators.</param>
    /// <param name="invitation">-Invitation; for initiators.</param>
    public static Func<StationPublicKey, StationKeyPair, TrustVerdict> Decide(
        StationRole role,
        TrustMode mode,
        FileTrustStore store,
        Fingerprint? fingerprint,
        Fingerprint? peer = null,
        string? address = null,
        StationInvitation? invitation = null)
    {
        // A responder accepts whom the caller names, or who may connect to this station's listeners.
        if (role == StationRole.Responder && fingerprint is null && peer is null)
        {
            return new ListenerTrust { Mode = mode, Store = store }.Decide;
        }

        bool isInitiator = role == StationRole.Initiator;
        return new ClientTrust
        {
            Mode = mode,
            Store = store,
            Address = isInitiator ? address ?? invitation?.Address : null,
            ExpectedFingerprint = fingerprint,
            PeerKey = peer,
            Invitation = isInitiator ? invitation : null,
        }.Decide;
    }
}
