using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using SecureStation.Core.Listening;

namespace SecureStation.Commands;

/// <summary>Remove-StationInvitation: withdraws invitations, so that they let nobody in.</summary>
[Cmdlet(VerbsCommon.Remove, "StationInvitation", SupportsShouldProcess = true)]
[OutputType(typeof(ListenerInvitation))]
public sealed class RemoveStationInvitationCommand : StationCmdlet
{
    /// <summary>The invitations: as Get- or New-StationInvitation wrote them, or their ids.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completers.RunningCompleter<ListenerInvitation>))]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public ListenerInvitationReference[] Invitation { get; set; } = [];

    /// <summary>Writes the invitations as they stand afterwards.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        foreach (ListenerInvitationReference reference in Invitation)
        {
            (StationListener listener, ListenerInvitation found) = reference.Resolve();
            if (!ShouldProcess($"invitation {found.Id} of listener {found.ListenerId}", "Withdraw"))
            {
                continue;
            }

            listener.WithdrawInvitation(found.Invitation);
            if (PassThru)
            {
                WriteObject(listener.GetInvitations().First(invitation => invitation.Id == found.Id));
            }
        }
    }
}
