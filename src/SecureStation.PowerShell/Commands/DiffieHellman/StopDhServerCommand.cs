using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using SecureStation.Core.DiffieHellman;

namespace SecureStation.Commands;

/// <summary>Stop-DhServer: serves no longer. Secrets that wait can still be received.</summary>
[Cmdlet(VerbsLifecycle.Stop, "DhServer", SupportsShouldProcess = true)]
[OutputType(typeof(DhServer))]
public sealed class StopDhServerCommand : StationCmdlet
{
    /// <summary>The servers.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [FromId<DhServer>]
    [ArgumentCompleter(typeof(Completers.RunningCompleter<DhServer>))]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public DhServer[] Server { get; set; } = [];

    /// <summary>Writes the server.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        foreach (DhServer server in Server)
        {
            if (!ShouldProcess(string.Join(", ", server.EndPoints), "Stop serving Diffie-Hellman exchanges"))
            {
                continue;
            }

            Await(_ => server.StopAsync(), Deadline.After(30), "The server did not stop");
            if (PassThru)
            {
                WriteObject(server);
            }
        }
    }
}
