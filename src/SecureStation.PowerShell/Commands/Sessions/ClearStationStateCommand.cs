using System.Management.Automation;
using SecureStation.Core.State;

namespace SecureStation.Commands;

/// <summary>Clear-StationState: forgets a state, with the messages that wait in it.</summary>
[Cmdlet(VerbsCommon.Clear, "StationState", DefaultParameterSetName = "Path", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(void))]
public sealed class ClearStationStateCommand : InputFileCmdlet
{
    private protected override void ProcessFile(string file)
    {
        if (ShouldProcess(file, "Forget the sessions in it, and the messages that wait"))
        {
            StationState.Clear(file);
        }
    }
}
