using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;

namespace SecureStation.Commands;

/// <summary>Disconnect-StationMailbox: lets go of a mailbox. What lies in it stays.</summary>
[Cmdlet(VerbsCommunications.Disconnect, "StationMailbox", SupportsShouldProcess = true)]
[OutputType(typeof(StationMailbox))]
public sealed class DisconnectStationMailboxCommand : StationCmdlet
{
    /// <summary>The mailboxes.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [FromId<StationMailbox>]
    [ArgumentCompleter(typeof(Completers.RunningCompleter<StationMailbox>))]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public StationMailbox[] Mailbox { get; set; } = [];

    /// <summary>Writes the mailbox.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>How long it may take to give back what was fetched.</summary>
    [Parameter]
    [ValidateTimeout]
    public double TimeoutSec { get; set; } = 30;

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        foreach (StationMailbox mailbox in Mailbox)
        {
            if (ShouldProcess(mailbox.Address, "Disconnect from the mailbox"))
            {
                Await(_ => mailbox.DisconnectAsync(), Deadline.After(TimeoutSec), "The mailbox did not close");
                if (PassThru)
                {
                    WriteObject(mailbox);
                }
            }
        }
    }
}
