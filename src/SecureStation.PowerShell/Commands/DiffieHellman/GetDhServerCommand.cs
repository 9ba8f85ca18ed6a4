using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.DiffieHellman;

namespace SecureStation.Commands;

/// <summary>Get-DhServer: the Diffie-Hellman servers of this process.</summary>
[Cmdlet(VerbsCommon.Get, "DhServer")]
[OutputType(typeof(DhServer))]
public sealed class GetDhServerCommand : StationCmdlet
{
    /// <summary>Ids, with wildcards.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(Completers.DhServerIdCompleter))]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public string[] Id { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        IReadOnlyList<DhServer> servers = StationRegistry.Current.DhServers;
        foreach (string id in Id)
        {
            var pattern = WildcardPattern.Get(id, WildcardOptions.IgnoreCase);
            DhServer[] matches = [.. servers.Where(server => pattern.IsMatch(server.Id))];
            if (matches.Length == 0 && !WildcardPattern.ContainsWildcardCharacters(id))
            {
                WriteFailure(new StationException(StationFault.NotFound, $"No Diffie-Hellman server of this process has the id '{id}'.") { Subject = StationSubject.DhServer }, id);
            }

            WriteObject(matches, enumerateCollection: true);
        }
    }
}
