using System.Management.Automation;
using SecureStation.Core.Trust;

namespace SecureStation;

/// <summary>What the cmdlets share that keep the records of peers: -TrustStore.</summary>
public abstract class TrustStoreCmdlet : StationCmdlet
{
    /// <summary>The folder of the trust store; the user's own where none is given.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? TrustStore { get; set; }

    /// <summary>Opens the trust store.</summary>
    private protected FileTrustStore OpenTrustStore() =>
        new(TrustStore is null ? FileTrustStore.DefaultDirectory : PathResolver.Unresolved(this, TrustStore));

    /// <summary>Writes a record together with where it came from, so that it can be piped into the cmdlet that changes it there.</summary>
    private protected void WriteRecord(PeerRecord record, FileTrustStore store)
    {
        var output = new PSObject(record);
        output.Properties.Add(new PSNoteProperty(nameof(TrustStore), store.Directory));
        WriteObject(output);
    }
}
