using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using SecureStation.Core.Keys;
using SecureStation.Core.Trust;

namespace SecureStation.Commands;

/// <summary>Add-StationPeer: trusts a key, for addresses, for connections to us, or both.</summary>
[Cmdlet(VerbsCommon.Add, "StationPeer", DefaultParameterSetName = PublicKeySet, SupportsShouldProcess = true)]
[OutputType(typeof(PeerRecord))]
public sealed class AddStationPeerCommand : TrustStoreCmdlet
{
    private const string PublicKeySet = "PublicKey";
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";
    private const string FingerprintSet = "Fingerprint";

    /// <summary>What people call the peer.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    public string Name { get; set; } = "";

    /// <summary>The peer's public key.</summary>
    [Parameter(ParameterSetName = PublicKeySet, Mandatory = true, ValueFromPipeline = true)]
    public StationPublicKey? PublicKey { get; set; }

    /// <summary>The PEM file of the peer's public key.</summary>
    [Parameter(ParameterSetName = PathSet, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>The PEM file of the peer's public key, without wildcards.</summary>
    [Parameter(ParameterSetName = LiteralPathSet, Mandatory = true)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string LiteralPath { get; set; } = "";

    /// <summary>The fingerprint of the peer's public key, SHA256:….</summary>
    [Parameter(ParameterSetName = FingerprintSet, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    public Fingerprint? Fingerprint { get; set; }

    /// <summary>Where the peer may answer, host:port.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Addresses")]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public string[] Address { get; set; } = [];

    /// <summary>The peer may connect to our listeners.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public SwitchParameter Accept { get; set; }

    /// <summary>Takes the place of records of that key or name, and of pins of these addresses.</summary>
    [Parameter]
    public SwitchParameter Replace { get; set; }

    /// <summary>Writes the record.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => Name;

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        StationPublicKey? key = ParameterSetName switch
        {
            PublicKeySet => PublicKey,
            PathSet => KeyFile.ReadPublic(PathResolver.Existing(this, Path, isLiteral: false)[0]),
            LiteralPathSet => KeyFile.ReadPublic(PathResolver.Existing(this, LiteralPath, isLiteral: true)[0]),
            _ => null,
        };
        var record = new PeerRecord
        {
            Name = Name,
            Fingerprint = key?.Fingerprint ?? Fingerprint!,
            PublicKey = key,
            Addresses = Address,
            Accept = Accept,
        };
        if (!ShouldProcess(record.ToString(), $"Trust the key{(Address.Length > 0 ? " at " + string.Join(", ", record.Addresses) : "")}{(Accept ? " and accept its connections" : "")}"))
        {
            return;
        }

        FileTrustStore store = OpenTrustStore();
        store.Add(record, Replace);
        if (PassThru)
        {
            WriteRecord(record, store);
        }
    }
}
