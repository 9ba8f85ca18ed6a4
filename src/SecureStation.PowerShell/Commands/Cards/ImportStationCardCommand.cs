using System.Management.Automation;
using SecureStation.Core.Sealing.Cards;
using SecureStation.Core.Trust;

namespace SecureStation.Commands;

/// <summary>Import-StationCard: reads and verifies cards. That proves each to be its own key's, and nothing of whose key that is.</summary>
[Cmdlet(VerbsData.Import, "StationCard", DefaultParameterSetName = PathSet)]
[OutputType(typeof(StationCard))]
public sealed class ImportStationCardCommand : InputFileCmdlet
{
    /// <summary>The folder of the trust store, where it is looked up whether the identity is pinned; the user's own where none is given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? TrustStore { get; set; }

    private protected override void ProcessFile(string file)
    {
        StationCard card = CardSourceAttribute.Read(file);
        card.RequireValid(DateTimeOffset.UtcNow);
        var store = new FileTrustStore(TrustStore is null ? FileTrustStore.DefaultDirectory : PathResolver.Unresolved(this, TrustStore));
        WriteObject(card.WithPeer(store.Find(card.Fingerprint, withAddresses: false)?.Name));
    }
}
