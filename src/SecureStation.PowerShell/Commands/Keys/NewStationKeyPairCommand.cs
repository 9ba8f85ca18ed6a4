using System.Management.Automation;
using System.Security;
using SecureStation.Core;
using SecureStation.Core.Keys;

namespace SecureStation.Commands;

/// <summary>New-StationKeyPair: makes an identity, in the key store if it has a name, else in memory.</summary>
[Cmdlet(VerbsCommon.New, "StationKeyPair", DefaultParameterSetName = MemorySet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(StationKeyPair))]
public sealed class NewStationKeyPairCommand : KeyStoreCmdlet
{
    private const string MemorySet = "Memory";
    private const string StoreSet = "Store";

    /// <summary>The name in the key store.</summary>
    [Parameter(ParameterSetName = StoreSet, Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    public string Name { get; set; } = "";

    /// <summary>The kind of key.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [KeyAlgorithm]
    public StationKeyAlgorithm Algorithm { get; set; } = StationKeyAlgorithm.Ed25519;

    /// <summary>Bits of an RSA key.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public int KeySize { get; set; }

    /// <summary>Encrypts the key in the store.</summary>
    [Parameter(ParameterSetName = StoreSet)]
    [Passphrase]
    public SecureString? Passphrase { get; set; }

    /// <summary>Replaces a key of that name.</summary>
    [Parameter(ParameterSetName = StoreSet)]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => ParameterSetName == StoreSet ? Name : null;

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        if (ParameterSetName == MemorySet)
        {
            WriteObject(RunAside(() => StationKeyPair.Generate(Algorithm, KeySize)));
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

        WriteObject(RunAside(() =>
        {
            using var text = new PassphraseText(Passphrase);
            return store.Save(Name, StationKeyPair.Generate(Algorithm, KeySize), text.Span, Force);
        }));
    }
}
