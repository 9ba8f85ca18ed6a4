using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Protocols;

namespace SecureStation;

/// <summary>What the cmdlets share that may speak an old, insecure protocol: the caller's consent, and the key that only those use.</summary>
public abstract class ProtocolCmdlet : SessionCmdlet
{
    private bool _hasWarned;

    /// <summary>Allows the old protocols, which are not secure.</summary>
    [Parameter]
    public SwitchParameter AllowLegacy { get; set; }

    /// <summary>Bits of the RSA key that an old protocol makes for itself.</summary>
    [Parameter]
    [ValidateRange(1024, 4096)]
    public int KeySize { get; set; }

    /// <summary>A PEM file with an RSA private key for an old protocol; never one of a key store.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? LegacyKeyPath { get; set; }

    /// <summary>Finds protocols; insecure ones only where the caller allows them, with one warning.</summary>
    /// <exception cref="StationException"><see cref="StationFault.NotFound"/>, <see cref="StationFault.LegacyNotAllowed"/></exception>
    private protected IReadOnlyList<IStationProtocol> FindProtocols(params string[] names)
    {
        IStationProtocol[] protocols = [.. names.Select(StationProtocols.Find).Distinct()];
        IStationProtocol[] insecure = [.. protocols.Where(static protocol => !protocol.IsSecure)];
        if (insecure.Length == 0)
        {
            return protocols;
        }

        string warning = string.Join(" ", insecure.Select(static protocol => $"{protocol.Name} is not secure: it {protocol.Weakness}."));
        if (!AllowLegacy)
        {
            throw new StationException(StationFault.LegacyNotAllowed, $"{warning} It is spoken only with -AllowLegacy.");
        }

        if (insecure.Length == protocols.Length && KeyPair is not null)
        {
            throw new StationException(
                StationFault.InvalidArgument,
                $"{insecure[0].Name} knows no identities and applies its private key to numbers of the peer's choice: no -KeyPair for it. It makes an RSA key of its own, or takes one from -LegacyKeyPath.");
        }

        if (!_hasWarned)
        {
            _hasWarned = true;
            WriteWarning(warning);
        }

        return protocols;
    }

    /// <summary>What only the old protocols look at.</summary>
    private protected LegacyOptions ToLegacyOptions(string? displayName = null) => new()
    {
        IsAllowed = AllowLegacy,
        DisplayName = displayName,
        KeySize = KeySize,
        KeyPath = LegacyKeyPath is null ? null : PathResolver.Existing(this, LegacyKeyPath, isLiteral: true)[0],
    };
}
