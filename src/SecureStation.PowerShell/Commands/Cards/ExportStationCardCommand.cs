using System.Management.Automation;
using SecureStation.Core.Keys.Files;
using SecureStation.Core.Sealing.Cards;

namespace SecureStation.Commands;

/// <summary>Export-StationCard: writes what others need to seal messages for this station. Makes the sealing keys where there are none.</summary>
[Cmdlet(VerbsData.Export, "StationCard", DefaultParameterSetName = TextSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(string), ParameterSetName = [TextSet])]
[OutputType(typeof(FileInfo), ParameterSetName = [PathSet, LiteralPathSet])]
public sealed class ExportStationCardCommand : CardCmdlet
{
    private const string TextSet = "Text";
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";

    /// <summary>The file to be written.</summary>
    [Parameter(ParameterSetName = PathSet, Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>The file to be written, taken as it stands.</summary>
    [Parameter(ParameterSetName = LiteralPathSet, Mandatory = true)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string LiteralPath { get; set; } = "";

    /// <summary>Replaces a file.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    public SwitchParameter Force { get; set; }

    /// <summary>Writes the file's FileInfo.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        string? file = ParameterSetName == TextSet ? null : PathResolver.Unresolved(this, ParameterSetName == PathSet ? Path : LiteralPath);
        (KeyStore store, string name) = Target();
        if (!ShouldProcess(file ?? $"{name} in {store.Directory}", $"Write the card of {name}, and make it and sealing keys where they are missing"))
        {
            return;
        }

        StationCard card = Current(store, name) ?? Make(store, name, static (keys, identity, name, passphrase, now) => keys.ExportCard(identity, name, passphrase, now));
        if (file is null)
        {
            WriteObject(card.ToText().TrimEnd());
            return;
        }

        card.WriteFile(file, Force);
        if (PassThru)
        {
            WriteFileItem(file);
        }
    }

    // That needs no passphrase: nothing is signed.
    private static StationCard? Current(KeyStore store, string name) =>
        store.List().FirstOrDefault(entry => entry.Name == name)?.PublicKey is { } key ? new SealingKeyStore(store).FindCurrentCard(name, key, DateTimeOffset.UtcNow) : null;
}
