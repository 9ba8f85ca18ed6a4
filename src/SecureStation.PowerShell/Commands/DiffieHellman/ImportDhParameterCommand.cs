using System.Management.Automation;
using SecureStation.Core.DiffieHellman;

namespace SecureStation.Commands;

/// <summary>Import-DhParameter: reads parameter files, and tests what is in them.</summary>
[Cmdlet(VerbsData.Import, "DhParameter", DefaultParameterSetName = PathSet)]
[OutputType(typeof(DhParameter))]
public sealed class ImportDhParameterCommand : DhFileCmdlet
{
    private protected override void ProcessFile(string file)
    {
        DhParameter parameter = Compute(token =>
        {
            DhParameter read = DhFile.ReadParameter(file);
            read.EnsureAcceptable(Policy, token);
            return read;
        });
        this.WarnIfWeak(parameter);
        WriteObject(parameter);
    }
}
