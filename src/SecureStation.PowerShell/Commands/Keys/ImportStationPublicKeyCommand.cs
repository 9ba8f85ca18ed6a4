using System.Management.Automation;
using SecureStation.Core.Keys;
using SecureStation.Core.Keys.Files;

namespace SecureStation.Commands;

/// <summary>Import-StationPublicKey: reads SubjectPublicKeyInfo PEM files, and OpenSSH's.</summary>
[Cmdlet(VerbsData.Import, "StationPublicKey", DefaultParameterSetName = PathSet)]
[OutputType(typeof(StationPublicKey))]
public sealed class ImportStationPublicKeyCommand : InputFileCmdlet
{
    private protected override void ProcessFile(string file) => WriteObject(KeyFile.ReadPublic(file));
}
