using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Keys;
using SecureStation.Core.Listening;
using SecureStation.Core.Trust;

namespace SecureStation.Commands;

/// <summary>What the cmdlets share that act on one record: -Name or -Fingerprint, or the record itself from the pipeline.</summary>
public abstract class NamedPeerCmdlet : TrustStoreCmdlet
{
    private protected const string NameSet = "Name";
    private protected const string FingerprintSet = "Fingerprint";
    private protected const string PeerSet = "Peer";

    /// <summary>The peers' names.</summary>
    [Parameter(ParameterSetName = NameSet, Mandatory = true, Position = 0)]
    [ArgumentCompleter(typeof(Completers.PeerNameCompleter))]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public string[] Name { get; set; } = [];

    /// <summary>The fingerprint of the peer's key.</summary>
    [Parameter(ParameterSetName = FingerprintSet, Mandatory = true)]
    [FingerprintSource]
    [ArgumentCompleter(typeof(Completers.PeerFingerprintCompleter))]
    public Fingerprint? Fingerprint { get; set; }

    /// <summary>The record, as Get-StationPeer writes it, or a name.</summary>
    [Parameter(ParameterSetName = PeerSet, Mandatory = true, ValueFromPipeline = true)]
    [PeerSource]
    [ArgumentCompleter(typeof(Completers.PeerNameCompleter))]
    public PeerReference? Peer { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => ParameterSetName switch
    {
        NameSet => Name.Length == 1 ? Name[0] : Name,
        FingerprintSet => Fingerprint,
        _ => Peer,
    };

    /// <inheritdoc/>
    protected sealed override void ProcessInput()
    {
        FileTrustStore store = OpenTrustStore();
        if (ParameterSetName != NameSet)
        {
            ProcessPeer(store, Peer?.Name is { } named ? PeerReference.ByName(store, named) : store.Find(Key));
            return;
        }

        foreach (string name in Name)
        {
            try
            {
                ProcessPeer(store, PeerReference.ByName(store, name));
            }
            catch (StationException failure)
            {
                WriteFailure(failure, name);
            }
        }
    }

    /// <summary>Acts on one record as the store has it now; null where a fingerprint has none.</summary>
    private protected abstract void ProcessPeer(FileTrustStore store, PeerRecord? record);

    /// <summary>The key that -Fingerprint or the record of -Peer names.</summary>
    private protected Fingerprint Key => Fingerprint ?? Peer!.Record!.Fingerprint;

    /// <summary>Says that whoever has an invitation to a listener with this store may still come, who was removed too.</summary>
    private protected void WarnOfOpenInvitations(FileTrustStore store)
    {
        foreach (StationListener listener in StationRegistry.Current.Listeners.Where(listener => (listener.Options.Trust.Store as FileTrustStore)?.Directory == store.Directory))
        {
            int open = listener.GetInvitations().Count(static invitation => invitation.State == ListenerInvitationState.Open);
            if (open > 0)
            {
                WriteWarning($"Listener {listener.Id} has {open} open invitation{(open == 1 ? "" : "s")}: whoever has one may still connect. To withdraw: Get-StationInvitation -Listener {listener.Id} -Open | Remove-StationInvitation");
            }
        }
    }
}
