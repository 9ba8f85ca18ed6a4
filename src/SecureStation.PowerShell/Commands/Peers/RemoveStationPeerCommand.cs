using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Keys;
using SecureStation.Core.Trust;

namespace SecureStation.Commands;

/// <summary>Remove-StationPeer: trusts a key no longer, nor at any address.</summary>
[Cmdlet(VerbsCommon.Remove, "StationPeer", DefaultParameterSetName = NameSet, SupportsShouldProcess = true)]
[OutputType(typeof(void))]
public sealed class RemoveStationPeerCommand : NamedPeerCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        FileTrustStore store = OpenTrustStore();
        PeerRecord? record = Find(store);
        Fingerprint key = record?.Fingerprint ?? Key;
        if (ShouldProcess(record?.ToString() ?? key.ToString(), "Trust the key no longer") && !store.Remove(key))
        {
            throw new StationException(StationFault.NotFound, $"No peer has the key {key}.");
        }
    }
}
