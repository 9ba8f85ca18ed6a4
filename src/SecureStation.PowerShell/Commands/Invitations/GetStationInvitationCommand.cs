using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Listening;

namespace SecureStation.Commands;

/// <summary>Get-StationInvitation: the invitations that listeners of this process have given out.</summary>
[Cmdlet(VerbsCommon.Get, "StationInvitation")]
[OutputType(typeof(ListenerInvitation))]
public sealed class GetStationInvitationCommand : StationCmdlet
{
    /// <summary>The listeners, or their ids; all of this process where none is given.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completers.RunningCompleter<StationListener>))]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public ListenerReference[] Listener { get; set; } = [];

    /// <summary>Ids of invitations, with wildcards, or the beginning of one.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(Completers.IdCompleter<ListenerInvitation>))]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public string[] Id { get; set; } = ["*"];

    /// <summary>Only those that let somebody in.</summary>
    [Parameter]
    public SwitchParameter Open { get; set; }

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        ListenerInvitation[] all = [.. (Listener.Length == 0 ? StationRegistry.Current.Listeners : Listener.Select(static listener => listener.Resolve())).SelectMany(static listener => listener.GetInvitations())];
        foreach (string id in Id)
        {
            try
            {
                WriteObject(IdKinds.Invitations.Select(id, all).Where(invitation => !Open || invitation.State == ListenerInvitationState.Open), enumerateCollection: true);
            }
            catch (StationException failure)
            {
                WriteFailure(failure, id);
            }
        }
    }
}
