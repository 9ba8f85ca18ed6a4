using System.Management.Automation;
using SecureStation.Core.Auditing;

namespace SecureStation.Commands;

/// <summary>Get-StationLog: the logs that this process writes.</summary>
[Cmdlet(VerbsCommon.Get, "StationLog")]
[OutputType(typeof(StationLog))]
public sealed class GetStationLogCommand : LogCmdlet
{
    /// <inheritdoc/>
    private protected override void Process(StationLog log) => WriteObject(log);
}
