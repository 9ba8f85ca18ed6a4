using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Keys.Files;
using SecureStation.Core.Sealing.Cards;

namespace SecureStation.Commands;

/// <summary>Remove-StationSealingKey: deletes sealing keys. It asks first: what was sealed to them opens no more.</summary>
[Cmdlet(VerbsCommon.Remove, "StationSealingKey", DefaultParameterSetName = SerialSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(void))]
public sealed class RemoveStationSealingKeyCommand : SealingKeyCmdlet
{
    private const string SerialSet = "Serial";
    private const string AllSet = "All";

    /// <summary>The name in the key store.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completers.KeyNameCompleter))]
    public string Name { get; set; } = "";

    /// <summary>The serials of the newest cards that name them, as Get-StationSealingKey shows.</summary>
    [Parameter(ParameterSetName = SerialSet, Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public long[] Serial { get; set; } = [];

    /// <summary>All of that name.</summary>
    [Parameter(ParameterSetName = AllSet, Mandatory = true)]
    public SwitchParameter All { get; set; }

    /// <summary>Deletes without asking.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => Name;

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        KeyStore folder = OpenKeyStore();
        var store = new SealingKeyStore(folder);
        List<StationSealingKey> chosen = [];
        using (StationSealingKeys keys = WithPassphrase(Passphrase, passphrase => store.Load(Name, passphrase)))
        {
            chosen.AddRange(keys.Keys.Where(key => All || Serial.Contains(key.Serial)));
            foreach (long missing in Serial.Except(chosen.Select(static key => key.Serial)))
            {
                WriteFailure(new StationException(StationFault.NotFound, $"'{Name}' has no sealing key of the card {missing}.") { Subject = StationSubject.SealingKey }, missing);
            }
        }

        HashSet<long> confirmed = [.. chosen
            .Where(key => IsForced || ShouldProcess(
                $"{Name} in {folder.Directory}: the sealing key of card {key.Serial}, which others may seal to until {key.Until:u}",
                "Delete for ever; what was sealed to it, files too, opens no more"))
            .Select(static key => key.Serial)];
        if (confirmed.Count > 0)
        {
            _ = WithPassphrase(Passphrase, passphrase => store.Remove(Name, passphrase, key => confirmed.Contains(key.Serial)));
        }
    }

    // ShouldProcess would ask, so it is passed by; but not where -WhatIf or -Confirm was said as well.
    private bool IsForced => Force && !IsOn("WhatIf", "WhatIfPreference") && !IsOn("Confirm");

    private bool IsOn(string parameter, string? preference = null) =>
        MyInvocation.BoundParameters.TryGetValue(parameter, out object? value)
            ? LanguagePrimitives.IsTrue(value)
            : preference is not null && LanguagePrimitives.IsTrue(GetVariableValue(preference));
}
