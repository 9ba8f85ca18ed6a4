using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Keys.Files;

namespace SecureStation.Commands;

/// <summary>Remove-StationKeyPair: deletes keys from the key store. It asks first: a private key cannot be had back.</summary>
[Cmdlet(VerbsCommon.Remove, "StationKeyPair", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(void))]
public sealed class RemoveStationKeyPairCommand : KeyStoreCmdlet
{
    /// <summary>Names, with wildcards.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(Completers.KeyNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>Deletes without asking.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        KeyStore store = OpenKeyStore();
        foreach (string name in Name)
        {
            string[] matches = [name];
            if (WildcardPattern.ContainsWildcardCharacters(name))
            {
                var pattern = WildcardPattern.Get(name, WildcardOptions.IgnoreCase);
                matches = [.. store.List().Select(entry => entry.Name).Where(pattern.IsMatch)];
            }

            foreach (string match in matches)
            {
                Remove(store, match);
            }
        }
    }

    // ShouldProcess would ask, so it is passed by; but not where -WhatIf or -Confirm was said as well.
    private bool IsForced => Force && !IsOn("WhatIf", "WhatIfPreference") && !IsOn("Confirm");

    private bool IsOn(string parameter, string? preference = null) =>
        MyInvocation.BoundParameters.TryGetValue(parameter, out object? value)
            ? LanguagePrimitives.IsTrue(value)
            : preference is not null && LanguagePrimitives.IsTrue(GetVariableValue(preference));

    private void Remove(KeyStore store, string name)
    {
        try
        {
            if (IsForced || ShouldProcess($"{name} in {store.Directory}", "Delete the key pair for ever"))
            {
                store.Remove(name);
            }
        }
        catch (StationException failure)
        {
            WriteFailure(failure, name);
        }
    }
}
