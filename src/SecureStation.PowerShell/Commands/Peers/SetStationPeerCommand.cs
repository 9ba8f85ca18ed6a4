using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Trust;

namespace SecureStation.Commands;

/// <summary>Set-StationPeer: changes a record of the trust store.</summary>
[Cmdlet(VerbsCommon.Set, "StationPeer", DefaultParameterSetName = NameSet, SupportsShouldProcess = true)]
[OutputType(typeof(PeerRecord))]
public sealed class SetStationPeerCommand : NamedPeerCmdlet
{
    /// <summary>The new name.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? NewName { get; set; }

    /// <summary>All addresses where the peer may answer from now on, host:port; several as a list, or with ; between them.</summary>
    [Parameter]
    [TextList]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(Completers.PeerAddressCompleter))]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public string[]? Address { get; set; }

    /// <summary>Whether the peer may connect to our listeners; -Accept:$false takes it back and ends its sessions with them.</summary>
    [Parameter]
    [YesOrNo]
    public SwitchParameter Accept { get; set; }

    /// <summary>The services that the peer may use in a session with us from now on; an empty list: all that are offered.</summary>
    [Parameter]
    [Alias("Capabilities")]
    [TextList]
    [AllowEmptyCollection]
    [ValidateSet("file", "request", "receipt", "dh", "document", "notary", "mail")]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public string[]? Capability { get; set; }

    /// <summary>All groups that the peer is in from now on; an empty list: none.</summary>
    [Parameter]
    [Alias("Groups")]
    [TextList]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(Completers.PeerGroupCompleter))]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public string[]? Group { get; set; }

    /// <summary>With -Accept:$false, lets the sessions go on that the peer has with listeners now.</summary>
    [Parameter]
    public SwitchParameter KeepSessions { get; set; }

    /// <summary>Writes the record.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void BeginCommand()
    {
        if (NewName is not null && Name.Length > 1)
        {
            throw new StationException(StationFault.InvalidArgument, "Several peers cannot have one name: give -NewName for one peer.");
        }
    }

    private protected override void ProcessPeer(FileTrustStore store, PeerRecord? record)
    {
        PeerRecord before = record ?? throw new StationException(StationFault.NotFound, $"No peer has the key {Key}.") { Subject = StationSubject.Peer };
        if (!ShouldProcess(before.ToString(), "Change what is trusted"))
        {
            return;
        }

        IReadOnlyList<string>? addresses = Address is null ? null : SocketPath.Resolve(this, Address);
        store.Update(before.Fingerprint, now => now with
        {
            Name = NewName ?? now.Name,
            Addresses = addresses ?? now.Addresses,
            Accept = Accept || now.Accept,
            Capabilities = Capability ?? now.Capabilities,
            Groups = Group ?? now.Groups,
        });
        if (MyInvocation.BoundParameters.ContainsKey(nameof(Accept)) && !Accept)
        {
            store.Revoke(before.Fingerprint, KeepSessions);
            WarnOfOpenInvitations(store);
        }

        if (PassThru)
        {
            WriteRecord(store.Find(before.Fingerprint)!, store);
        }
    }
}
