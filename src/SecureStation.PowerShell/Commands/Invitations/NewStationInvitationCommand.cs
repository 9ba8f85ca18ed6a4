using System.Management.Automation;
using System.Text;
using SecureStation.Core;
using SecureStation.Core.Listening;
using SecureStation.Core.Trust;

namespace SecureStation.Commands;

/// <summary>New-StationInvitation: makes another invitation to a listener.</summary>
[Cmdlet(VerbsCommon.New, "StationInvitation", DefaultParameterSetName = ObjectSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(StationInvitation), ParameterSetName = [ObjectSet])]
[OutputType(typeof(string), ParameterSetName = [TextSet])]
[OutputType(typeof(FileInfo), ParameterSetName = [PathSet, LiteralPathSet])]
public sealed class NewStationInvitationCommand : StationCmdlet
{
    private const string ObjectSet = "Object";
    private const string TextSet = "AsPlainText";
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";

    private static readonly TimeSpan s_shortestLife = TimeSpan.FromSeconds(1);

    /// <summary>The listener that is to accept it.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    [FromId<StationListener>]
    [ArgumentCompleter(typeof(Completers.RunningCompleter<StationListener>))]
    public StationListener? Listener { get; set; }

    /// <summary>How many identities may use it.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int MaxUses { get; set; } = 1;

    /// <summary>For how long it can be used.</summary>
    [Parameter]
    public TimeSpan ExpiresIn { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Writes the URI with its secret instead of the object.</summary>
    [Parameter(ParameterSetName = TextSet, Mandatory = true)]
    public SwitchParameter AsPlainText { get; set; }

    /// <summary>Writes the URI into this file, readable by its owner only.</summary>
    [Parameter(ParameterSetName = PathSet, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>Writes the URI into this file, taken as it stands.</summary>
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
    protected override object? ErrorTarget => Listener;

    /// <inheritdoc/>
    protected override void BeginCommand()
    {
        // A bare number becomes a TimeSpan of so many ticks: 3600 would be a third of a millisecond.
        if (ExpiresIn < s_shortestLife)
        {
            throw new StationException(StationFault.InvalidArgument, "An invitation lives for a second at least. Write the time as a TimeSpan: -ExpiresIn 01:00:00, or (New-TimeSpan -Hours 1).");
        }
    }

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        if (!Listener!.IsListening)
        {
            throw new StationException(StationFault.InvalidState, "The listener has been stopped.");
        }

        if (!ShouldProcess(string.Join(", ", Listener.Addresses), $"Invite {MaxUses}"))
        {
            return;
        }

        switch (ParameterSetName)
        {
            case ObjectSet:
                WriteObject(Listener.CreateInvitation(MaxUses, ExpiresIn));
                break;

            case TextSet:
                WriteObject(Listener.CreateInvitation(MaxUses, ExpiresIn).Reveal());
                break;

            default:
                WriteFile(PathResolver.Unresolved(this, ParameterSetName == PathSet ? Path : LiteralPath));
                break;
        }
    }

    private void WriteFile(string file)
    {
        if (Force)
        {
            // A file that is there would keep its permissions.
            File.Delete(file);
        }
        else if (File.Exists(file))
        {
            throw new StationException(StationFault.AlreadyExists, $"There is a file '{file}' already.");
        }

        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var stream = new FileStream(file, options))
        {
            stream.Write(Encoding.ASCII.GetBytes(Listener!.CreateInvitation(MaxUses, ExpiresIn).Reveal() + "\n"));
        }

        if (PassThru)
        {
            WriteFileItem(file);
        }
    }
}
