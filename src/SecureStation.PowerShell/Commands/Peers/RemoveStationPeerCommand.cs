using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Keys;
using SecureStation.Core.Trust;

namespace SecureStation.Commands;

/// <summary>Remove-StationPeer: trusts a key no longer, nor at any address, and ends its sessions with our listeners.</summary>
[Cmdlet(VerbsCommon.Remove, "StationPeer", DefaultParameterSetName = NameSet, SupportsShouldProcess = true)]
[OutputType(typeof(void))]
public sealed class RemoveStationPeerCommand : NamedPeerCmdlet
{
    /// <summary>Lets the sessions go on that the peer has with listeners now.</summary>
    [Parameter]
    public SwitchParameter KeepSessions { get; set; }

    private protected override void ProcessPeer(FileTrustStore store, PeerRecord? record)
    {
        Fingerprint key = record?.Fingerprint ?? Key;
        if (!ShouldProcess(record?.ToString() ?? key.ToString(), "Trust the key no longer"))
        {
            return;
        }

        if (!store.Remove(key, KeepSessions))
        {
            throw new StationException(StationFault.NotFound, $"No peer has the key {key}.") { Subject = StationSubject.Peer };
        }

        WarnOfOpenInvitations(store);
    }
}
