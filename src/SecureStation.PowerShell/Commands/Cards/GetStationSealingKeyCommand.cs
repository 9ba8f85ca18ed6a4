using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Keys.Files;
using SecureStation.Core.Sealing.Cards;

namespace SecureStation.Commands;

/// <summary>Get-StationSealingKey: lists the sealing keys of identities, the newest first: when each was made, and until when others may seal to it.</summary>
[Cmdlet(VerbsCommon.Get, "StationSealingKey")]
[OutputType(typeof(StationSealingKey))]
public sealed class GetStationSealingKeyCommand : SealingKeyCmdlet
{
    /// <summary>Names in the key store, with wildcards.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completers.KeyNameCompleter))]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public string[] Name { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        KeyStore folder = OpenKeyStore();
        var store = new SealingKeyStore(folder);
        foreach (string name in Name.SelectMany(name => Matches(store, name)))
        {
            try
            {
                using StationSealingKeys keys = WithPassphrase(Passphrase, passphrase => store.Load(name, passphrase));
                WriteKeys(folder, keys);
            }
            catch (StationException failure)
            {
                WriteFailure(failure, name);
            }
        }
    }

    private static IEnumerable<string> Matches(SealingKeyStore store, string name)
    {
        if (!WildcardPattern.ContainsWildcardCharacters(name))
        {
            return [name];
        }

        var pattern = WildcardPattern.Get(name, WildcardOptions.IgnoreCase);
        return store.List().Where(pattern.IsMatch);
    }
}
