using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Keys;
using SecureStation.Core.Keys.Files;
using SecureStation.Core.Sealing.Cards;
using SecureStation.Core.Trust;

namespace SecureStation.Commands;

/// <summary>Add-StationPeer: trusts a key, for addresses, for connections to us, or both.</summary>
[Cmdlet(VerbsCommon.Add, "StationPeer", DefaultParameterSetName = KeySet, SupportsShouldProcess = true)]
[OutputType(typeof(PeerRecord))]
public sealed class AddStationPeerCommand : TrustStoreCmdlet
{
    private const string KeySet = "Key";
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";
    private const string CardSet = "Card";

    /// <summary>What people call the peer.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    public string Name { get; set; } = "";

    /// <summary>The peer's public key.</summary>
    [Parameter(ParameterSetName = KeySet, ValueFromPipeline = true)]
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

    /// <summary>The peer's card: its identity is pinned, and the card kept to seal messages by. Of a peer of that name and identity it takes the older card's place.</summary>
    [Parameter(ParameterSetName = CardSet, Mandatory = true, ValueFromPipeline = true)]
    [CardSource]
    public StationCard? Card { get; set; }

    // In one set with -PublicKey, and neither mandatory: a row of a CSV brings a fingerprint by name, a public key comes by value and has one too.

    /// <summary>The fingerprint of the peer's public key, SHA256:….</summary>
    [Parameter(ParameterSetName = KeySet, ValueFromPipelineByPropertyName = true)]
    [FingerprintSource]
    public Fingerprint? Fingerprint { get; set; }

    /// <summary>Where the peer may answer, host:port or unix:PATH; several as a list, or with ; between them.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Addresses")]
    [TextList]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(Completers.PeerAddressCompleter))]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public string[] Address { get; set; } = [];

    /// <summary>The peer may connect to our listeners.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [YesOrNo]
    public SwitchParameter Accept { get; set; }

    /// <summary>The services that the peer may use in a session with us; none: all that are offered.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Capabilities")]
    [TextList]
    [AllowEmptyCollection]
    [ValidateSet("file", "request", "receipt", "dh", "document", "notary", "mail")]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public string[] Capability { get; set; } = [];

    /// <summary>The groups that the peer is in.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Groups")]
    [TextList]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(Completers.PeerGroupCompleter))]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public string[] Group { get; set; } = [];

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
            PathSet => KeyFile.ReadPublic(PathResolver.Existing(this, Path, isLiteral: false)[0]),
            LiteralPathSet => KeyFile.ReadPublic(PathResolver.Existing(this, LiteralPath, isLiteral: true)[0]),
            CardSet => Card!.PublicKey,
            _ => PublicKey,
        };
        Card?.RequireValid(DateTimeOffset.UtcNow);
        var record = new PeerRecord
        {
            Name = Name,
            Fingerprint = Fingerprint ?? key?.Fingerprint
                ?? throw new StationException(StationFault.InvalidArgument, "A peer is known by its key: give -PublicKey, -Path or -Fingerprint."),
            PublicKey = key,
            Card = Card,
            Addresses = SocketPath.Resolve(this, Address),
            Accept = Accept,
            Capabilities = Capability,
            Groups = Group,
        };
        if (!ShouldProcess(record.ToString(), $"Trust the key{(Address.Length > 0 ? " at " + string.Join(", ", record.Addresses) : "")}{(Accept ? " and accept its connections" : "")}"))
        {
            return;
        }

        FileTrustStore store = OpenTrustStore();
        if (Card is null || Replace || !KeepCard(store, Card))
        {
            store.Add(record, Replace);
        }

        if (PassThru)
        {
            WriteRecord(store.Find(record.Fingerprint)!, store);
        }
    }

    // The card goes into the record that its identity has under that name. False where there is none: then it is added.
    private bool KeepCard(FileTrustStore store, StationCard card)
    {
        PeerRecord? namesake = store.FindByName(Name);
        if (namesake is null)
        {
            return false;
        }

        if (namesake.Fingerprint != card.Fingerprint)
        {
            throw PeerCards.NotTrusted(card, $"'{namesake.Name}' is pinned to {namesake.Fingerprint}; this card is of {card.Fingerprint}.");
        }

        PeerCards.Keep(store, card, DateTimeOffset.UtcNow);
        if (Accept || Address.Length > 0 || Capability.Length > 0)
        {
            store.Update(card.Fingerprint, peer => peer with
            {
                Accept = Accept || peer.Accept,
                Addresses = Address.Length > 0 ? SocketPath.Resolve(this, Address) : peer.Addresses,
                Capabilities = Capability.Length > 0 ? Capability : peer.Capabilities,
            });
        }

        return true;
    }
}
