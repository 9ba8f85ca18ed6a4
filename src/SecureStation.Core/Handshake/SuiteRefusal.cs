using SecureStation.Core.Trust;

namespace SecureStation.Core.Handshake;

/// <summary>What an initiator says of a refusal of its suite. Nobody vouches for it: whoever wants a weaker suite spoken can say it. So nothing is tried in its place.</summary>
internal static class SuiteRefusal
{
    /// <summary>What was refused, and what to ask for instead.</summary>
    /// <param name="asked">The suite that was refused.</param>
    /// <param name="invitation">The invitation in use. It came another way: what it says of the listener's suites is not the refusal's word.</param>
    public static string Describe(StationSuite asked, StationInvitation? invitation) =>
        $"the other side, or anybody on the way, says that {asked} is not taken there ({nameof(StationReason.UnsupportedSuite)})."
        + (asked.IsHybrid ? OtherHybrid(asked, invitation) + Classical(asked) : Hybrid(invitation));

    private static string OtherHybrid(StationSuite asked, StationInvitation? invitation) => invitation is { TakesHybrid: true }
        ? $" The invitation says that a hybrid suite is: try the other, -Suite {asked.OtherCipher()}."
        : string.Empty;

    private static string Classical(StationSuite asked) =>
        $" Only if you know that this station is old: -Suite {asked.Classical()}, and what is recorded then can be decrypted once X25519 falls.";

    // With an older invitation no suite asks for the classical one too.
    private static string Hybrid(StationInvitation? invitation) => invitation is { TakesHybrid: false }
        ? $" The invitation is of a listener without a hybrid suite; if it has one by now, ask for a new invitation, or: -Suite {StationSuite.Default}."
        : " Leave -Suite out, which asks for the hybrid.";
}
