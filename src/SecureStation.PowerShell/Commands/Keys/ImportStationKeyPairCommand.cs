using System.Management.Automation;
using System.Security;
using SecureStation.Core.Keys;

namespace SecureStation.Commands;

/// <summary>Import-StationKeyPair: reads a PKCS#8 PEM file, and stores the key if it is given a name.</summary>
[Cmdlet(VerbsData.Import, "StationKeyPair", DefaultParameterSetName = PathSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(StationKeyPair))]
public sealed class ImportStationKeyPairCommand : PemFileCmdlet
{
    /// <summary>The folder of the key store; the user's own where none is given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? KeyStore { get; set; }

    /// <summary>Stores the key under this name.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>The passphrase of the file; the key in the store has it too.</summary>
    [Parameter]
    [Passphrase]
    public SecureString? Passphrase { get; set; }

    /// <summary>Replaces a key of that name.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override void ProcessFile(string file)
    {
        KeyStore? store = Name is null ? null : KeyStoreCmdlet.OpenKeyStore(this, KeyStore);
        if (store is not null && !ShouldProcess($"{Name} in {store.Directory}", $"Store the key pair of {file}"))
        {
            return;
        }

        WriteObject(RunAside(() =>
        {
            using var text = new PassphraseText(Passphrase);
            StationKeyPair keyPair = KeyFile.ReadPrivate(file, text.Span);
            return store is null ? keyPair : store.Save(Name!, keyPair, text.Span, Force);
        }));
    }
}
