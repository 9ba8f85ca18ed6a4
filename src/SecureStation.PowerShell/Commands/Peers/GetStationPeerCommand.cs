using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Keys;
using SecureStation.Core.Trust;

namespace SecureStation.Commands;

/// <summary>Get-StationPeer: the records of the trust store.</summary>
[Cmdlet(VerbsCommon.Get, "StationPeer", DefaultParameterSetName = NameSet)]
[OutputType(typeof(PeerRecord))]
public sealed class GetStationPeerCommand : TrustStoreCmdlet
{
    private const string NameSet = "Name";
    private const string FingerprintSet = "Fingerprint";

    /// <summary>Names, with wildcards.</summary>
    [Parameter(ParameterSetName = NameSet, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completers.PeerNameCompleter))]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public string[] Name { get; set; } = ["*"];

    /// <summary>The fingerprint of the peer's key.</summary>
    [Parameter(ParameterSetName = FingerprintSet, Mandatory = true)]
    [FingerprintSource]
    [ArgumentCompleter(typeof(Completers.PeerFingerprintCompleter))]
    public Fingerprint? Fingerprint { get; set; }

    /// <summary>The groups whose members are wanted, with wildcards.</summary>
    [Parameter(ParameterSetName = NameSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completers.PeerGroupCompleter))]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public string[]? Group { get; set; }

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        FileTrustStore store = OpenTrustStore();
        if (Fingerprint is not null)
        {
            WriteRecord(
                store.Find(Fingerprint) ?? throw new StationException(StationFault.NotFound, $"No peer has the key {Fingerprint}.") { Subject = StationSubject.Peer },
                store);
            return;
        }

        IReadOnlyList<PeerRecord> records = [.. store.List().Where(IsInGroup)];
        foreach (string name in Name)
        {
            var pattern = WildcardPattern.Get(name, WildcardOptions.IgnoreCase);
            PeerRecord[] matches = [.. records.Where(record => pattern.IsMatch(record.Name))];
            if (matches.Length == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
            {
                WriteFailure(new StationException(StationFault.NotFound, $"There is no peer '{name}' in the trust store.") { Subject = StationSubject.Peer }, name);
            }

            foreach (PeerRecord record in matches)
            {
                WriteRecord(record, store);
            }
        }
    }

    private bool IsInGroup(PeerRecord record) => Group is null
        || Group.Any(group => record.Groups.Any(WildcardPattern.Get(group, WildcardOptions.IgnoreCase).IsMatch));
}
