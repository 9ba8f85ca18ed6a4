using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Keys;

namespace SecureStation.Commands;

/// <summary>Remove-StationKeyPair: deletes keys from the key store.</summary>
[Cmdlet(VerbsCommon.Remove, "StationKeyPair", SupportsShouldProcess = true)]
[OutputType(typeof(void))]
public sealed class RemoveStationKeyPairCommand : KeyStoreCmdlet
{
    /// <summary>Names, with wildcards.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(Completers.KeyNameCompleter))]
    public string[] Name { get; set; } = [];

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

    private void Remove(KeyStore store, string name)
    {
        try
        {
            if (ShouldProcess($"{name} in {store.Directory}", "Delete the key pair for ever"))
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
