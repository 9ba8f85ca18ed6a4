using System.Management.Automation;
using System.Security;
using SecureStation.Core;
using SecureStation.Core.Keys;
using SecureStation.Core.Keys.Files;

namespace SecureStation.Commands;

/// <summary>New-StationKeyPair: makes an identity, in the key store if it has a name, else in memory.</summary>
[Cmdlet(VerbsCommon.New, "StationKeyPair", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(StationKeyPair))]
public sealed class NewStationKeyPairCommand : KeyStoreCmdlet
{
    /// <summary>The name in the key store; without it the key is in memory only.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>The kind of key.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [KeyAlgorithm]
    public StationKeyAlgorithm Algorithm { get; set; } = StationKeyAlgorithm.Ed25519;

    /// <summary>Bits of an RSA key.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public int KeySize { get; set; }

    /// <summary>Encrypts the key in the store; left out, the key is stored in clear.</summary>
    [Parameter]
    [Passphrase]
    public SecureString? Passphrase { get; set; }

    /// <summary>Replaces a key of that name.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => Name;

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        if (Name is null)
        {
            if (Passphrase is not null || Force)
            {
                throw new StationException(StationFault.InvalidArgument, "Without -Name the key is in memory only: there is no file to encrypt or to replace.");
            }

            WriteObject(Compute(() => StationKeyPair.Generate(Algorithm, KeySize)));
            return;
        }

        KeyStore store = OpenKeyStore();
        if (!ShouldProcess($"{Name} in {store.Directory}", $"Make a key pair ({Algorithm})"))
        {
            return;
        }

        // Before the work, which takes seconds for a large RSA key; Save looks again.
        if (!Force && store.Contains(Name))
        {
            throw new StationException(StationFault.AlreadyExists, $"The key store '{store.Directory}' has a key '{Name}' already.");
        }

        WriteObject(Compute(() =>
        {
            using var text = new PassphraseText(Passphrase);
            return store.Save(Name, StationKeyPair.Generate(Algorithm, KeySize), text.Span, Force);
        }));
        this.SayIfInClear(Passphrase, store.Directory);
    }
}
