using System.Management.Automation;
using System.Security;
using SecureStation.Core;
using SecureStation.Core.Keys;
using SecureStation.Core.State;

namespace SecureStation;

/// <summary>The state that a -StatePath names.</summary>
internal static class StateFile
{
    /// <summary>Opens it for a station; null where no path is given.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: the station's key ends with the process.</exception>
    public static StationState? Open(PSCmdlet cmdlet, string? path, SecureString? passphrase, StationKeyPair? keyPair)
    {
        if (path is null)
        {
            return passphrase is null ? null : throw new StationException(StationFault.InvalidArgument, "-StatePassphrase is that of a state: give -StatePath too.");
        }

        if (keyPair is not { IsStored: true })
        {
            throw new StationException(StationFault.InvalidArgument, "A state outlives the process, so its station's key must: give -KeyPair, a name in the key store or a key that was imported from a file.");
        }

        using var text = new PassphraseText(passphrase);
        return StationState.Open(PathResolver.Unresolved(cmdlet, path), keyPair.PublicKey.Fingerprint, text.Span);
    }
}
