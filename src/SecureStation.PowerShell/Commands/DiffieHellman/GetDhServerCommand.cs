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
    /// <summary>Ids, with wildcards, or the beginning of one.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completers.IdCompleter<DhServer>))]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public string[] Id { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        foreach (string id in Id)
        {
            try
            {
                WriteObject(IdKinds.DhServers.Select(id, IdKinds.DhServers.All), enumerateCollection: true);
            }
            catch (StationException failure)
            {
                WriteFailure(failure, id);
            }
        }
    }
}
