using System.Management.Automation;
using System.Security;
using SecureStation.Core;
using SecureStation.Core.Keys;
using SecureStation.Core.Keys.Files;

namespace SecureStation.Commands;

/// <summary>Get-StationKeyPair: lists the key store, or opens a key of it.</summary>
[Cmdlet(VerbsCommon.Get, "StationKeyPair", DefaultParameterSetName = ListSet)]
[OutputType(typeof(KeyStoreEntry), ParameterSetName = [ListSet])]
[OutputType(typeof(StationKeyPair), ParameterSetName = [OpenSet])]
public sealed class GetStationKeyPairCommand : KeyStoreCmdlet
{
    private const string ListSet = "List";
    private const string OpenSet = "Open";

    /// <summary>Names, with wildcards.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completers.KeyNameCompleter))]
    public string[] Name { get; set; } = ["*"];

    /// <summary>Opens the keys instead of listing them.</summary>
    [Parameter(ParameterSetName = OpenSet, Mandatory = true)]
    public SwitchParameter Open { get; set; }

    /// <summary>The passphrase of the keys to be opened.</summary>
    [Parameter(ParameterSetName = OpenSet)]
    [Passphrase]
    public SecureString? Passphrase { get; set; }

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        KeyStore store = OpenKeyStore();
        IReadOnlyList<KeyStoreEntry> entries = store.List();
        foreach (string name in Name)
        {
            var pattern = WildcardPattern.Get(name, WildcardOptions.IgnoreCase);
            KeyStoreEntry[] matches = [.. entries.Where(entry => pattern.IsMatch(entry.Name))];
            if (matches.Length == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
            {
                WriteFailure(new StationException(StationFault.NotFound, $"The key store '{store.Directory}' has no key '{name}'.") { Subject = StationSubject.Key }, name);
            }

            foreach (KeyStoreEntry entry in matches)
            {
                Write(entry, store);
            }
        }
    }

    private void Write(KeyStoreEntry entry, KeyStore store)
    {
        if (!Open)
        {
            // With where it came from, so that it can be piped into Remove-StationKeyPair.
            var output = new PSObject(entry);
            output.Properties.Add(new PSNoteProperty(nameof(KeyStore), store.Directory));
            WriteObject(output);
            return;
        }

        try
        {
            WriteObject(OpenKeyPair(new KeyPairReference(entry), Passphrase));
        }
        catch (StationException failure)
        {
            WriteFailure(failure, entry.Name);
        }
    }
}
