using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Keys.Files;
using SecureStation.Core.Sealing.Cards;

namespace SecureStation.Commands;

/// <summary>Update-StationCard: makes new sealing keys and a card of them. Old keys stay, unless -ForgetOld deletes them; that asks.</summary>
[Cmdlet(VerbsData.Update, "StationCard", DefaultParameterSetName = KeepSet, SupportsShouldProcess = true)]
[OutputType(typeof(StationCard))]
public sealed class UpdateStationCardCommand : CardCmdlet
{
    private const string KeepSet = "Keep";
    private const string ForgetSet = "Forget";

    /// <summary>Deletes the old sealing keys: what was sealed to them opens no more.</summary>
    [Parameter(ParameterSetName = ForgetSet, Mandatory = true)]
    public SwitchParameter ForgetOld { get; set; }

    /// <summary>Deletes only those that were made longer ago.</summary>
    [Parameter(ParameterSetName = ForgetSet)]
    public TimeSpan OlderThan { get; set; } = TimeSpan.Zero;

    /// <summary>Deletes without asking.</summary>
    [Parameter(ParameterSetName = ForgetSet)]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        if (OlderThan < TimeSpan.Zero)
        {
            throw new StationException(StationFault.InvalidArgument, "-OlderThan is a time span that is not negative.");
        }

        (KeyStore store, string name) = Target();
        string old = OlderThan > TimeSpan.Zero ? $"the old ones made more than {OlderThan} ago" : "all old ones";
        if (!ShouldProcess($"{name} in {store.Directory}", ForgetOld ? $"Make new sealing keys and a card, and delete {old}" : "Make new sealing keys and a card")
            || (ForgetOld && !IsForced && !ShouldContinue($"Deletes {old} of {name}: what was sealed to them, files too, opens no more, on no machine that has no copy. Go on?", "Delete sealing keys")))
        {
            return;
        }

        TimeSpan? forget = ForgetOld ? OlderThan : null;
        WriteObject(Make(store, name, (keys, identity, name, passphrase, now) => keys.UpdateCard(identity, name, passphrase, now, forget)));
    }

    // -Confirm:$false says it too, as with the cmdlets that ask by their impact.
    private bool IsForced => Force || (MyInvocation.BoundParameters.TryGetValue("Confirm", out object? confirm) && !LanguagePrimitives.IsTrue(confirm));
}
