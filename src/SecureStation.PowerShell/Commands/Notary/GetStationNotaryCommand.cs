using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Notary;

namespace SecureStation.Commands;

/// <summary>Get-StationNotary: the notaries of this process.</summary>
[Cmdlet(VerbsCommon.Get, "StationNotary")]
[OutputType(typeof(INotaryServer))]
public sealed class GetStationNotaryCommand : StationCmdlet
{
    /// <summary>Ids, with wildcards.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(Completers.NotaryIdCompleter))]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public string[] Id { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        IReadOnlyList<INotaryServer> notaries = StationRegistry.Current.Notaries;
        foreach (string id in Id)
        {
            var pattern = WildcardPattern.Get(id, WildcardOptions.IgnoreCase);
            INotaryServer[] matches = [.. notaries.Where(notary => pattern.IsMatch(notary.Id))];
            if (matches.Length == 0 && !WildcardPattern.ContainsWildcardCharacters(id))
            {
                WriteFailure(new StationException(StationFault.NotFound, $"No notary of this process has the id '{id}'.") { Subject = StationSubject.Notary }, id);
            }

            WriteObject(matches, enumerateCollection: true);
        }
    }
}
