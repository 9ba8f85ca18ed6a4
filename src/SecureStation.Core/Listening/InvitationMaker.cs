using SecureStation.Core.Handshake;
using SecureStation.Core.Protocols;
using SecureStation.Core.Transport;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Listening;

/// <summary>Makes the invitations of a listener: where it leads, which key answers there, and for how long.</summary>
internal static class InvitationMaker
{
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(36_525);

    /// <summary>The one made at the start, for one identity; null where none is asked for, or could be used.</summary>
    public static InvitationEntry? AddFirst(StationListener listener)
    {
        StationListenerOptions options = listener.Options;
        return options.InvitationLifetime > TimeSpan.Zero && options.Protocols.Contains(StationProtocols.Station) && Suites(listener).Any() && !IsPipe(listener)
            ? listener.Invitations.Add(Make(listener, options.InvitationLifetime), maxUses: 1)
            : null;
    }

    /// <inheritdoc cref="StationListener.CreateInvitation"/>
    public static StationInvitation Add(StationListener listener, int maxUses, TimeSpan expiresIn)
    {
        if (maxUses < 1 || expiresIn <= TimeSpan.Zero || expiresIn > s_longest)
        {
            throw new StationException(StationFault.InvalidArgument, "An invitation is for one identity or more, and for 100 years at most.");
        }

        string? why = !listener.IsListening ? "The listener has stopped; it makes no more invitations."
            : !Suites(listener).Any() ? "An invitation would let nobody in: the listener was started with suites of which none is for invitations (psk3)."
            : IsPipe(listener) ? "There are no invitations to a named pipe. Add the peer's key: Add-StationPeer -Accept."
            : null;
        if (why is not null)
        {
            throw new StationException(StationFault.InvalidState, why);
        }

        StationInvitation invitation = Make(listener, expiresIn);
        listener.Invitations.Add(invitation, maxUses);
        return invitation;
    }

    private static StationInvitation Make(StationListener listener, TimeSpan expiresIn) => StationInvitation.Create(
        AdvertisedAddress.Of(listener),
        listener.PublicKey.Fingerprint,
        listener.Options.Clock.GetUtcNow() + expiresIn,
        listener.IsKeyTemporary,
        Suites(listener).Any(static suite => suite.IsHybrid));

    /// <summary>The suites that who comes by an invitation may ask for.</summary>
    private static IEnumerable<StationSuite> Suites(StationListener listener) =>
        listener.Options.Suites.Select(StationSuite.Parse).Where(static suite => suite.NeedsInvitation);

    // The form of invitations (docs/protocol/station-1.md, section 3) has none for pipes.
    private static bool IsPipe(StationListener listener) => listener.Addresses[0].Kind == StationAddressKind.NamedPipe;
}
