namespace SecureStation.Core.Tests;

/// <summary>The names of the station protocol's suites.</summary>
internal static class Suites
{
    public const string Hybrid = "Noise_XXhfs_25519+MLKEM768_AESGCM_SHA256";
    public const string HybridInvited = "Noise_XXhfs+psk3_25519+MLKEM768_AESGCM_SHA256";
    public const string HybridChaChaPoly = "Noise_XXhfs_25519+MLKEM768_ChaChaPoly_SHA256";
    public const string HybridChaChaPolyInvited = "Noise_XXhfs+psk3_25519+MLKEM768_ChaChaPoly_SHA256";
    public const string Classical = "Noise_XX_25519_AESGCM_SHA256";
    public const string ClassicalInvited = "Noise_XXpsk3_25519_AESGCM_SHA256";
    public const string ClassicalChaChaPoly = "Noise_XX_25519_ChaChaPoly_SHA256";
    public const string ClassicalChaChaPolyInvited = "Noise_XXpsk3_25519_ChaChaPoly_SHA256";
}
