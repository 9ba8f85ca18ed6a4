namespace SecureStation.Core.Handshake;

/// <summary>The suites of the station protocol, version 1 (docs/protocol/station-1.md, section 1).</summary>
public static class StationSuite
{
    /// <summary>The default: identities on both sides, AES-GCM.</summary>
    public const string Default = "Noise_XX_25519_AESGCM_SHA256";

    /// <summary>For machines without AES instructions.</summary>
    public const string ChaChaPoly = "Noise_XX_25519_ChaChaPoly_SHA256";

    /// <summary>The default with an invitation's secret mixed in at message 3.</summary>
    public const string DefaultWithInvitation = "Noise_XXpsk3_25519_AESGCM_SHA256";

    /// <summary>ChaChaPoly with an invitation's secret mixed in at message 3.</summary>
    public const string ChaChaPolyWithInvitation = "Noise_XXpsk3_25519_ChaChaPoly_SHA256";

    /// <summary>All suites, the default first.</summary>
    public static IReadOnlyList<string> All { get; } = [Default, ChaChaPoly, DefaultWithInvitation, ChaChaPolyWithInvitation];

    /// <summary>Whether a suite needs an invitation.</summary>
    public static bool NeedsInvitation(string suite) => suite is DefaultWithInvitation or ChaChaPolyWithInvitation;

    /// <summary>The same cipher with an invitation's secret.</summary>
    public static string WithInvitation(string suite) => suite switch
    {
        Default => DefaultWithInvitation,
        ChaChaPoly => ChaChaPolyWithInvitation,
        _ => suite,
    };
}
