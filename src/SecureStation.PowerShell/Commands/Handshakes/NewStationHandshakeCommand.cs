using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using System.Security.Cryptography;
using SecureStation.Core;
using SecureStation.Core.Handshake;
using SecureStation.Core.Handshake.ByHand;
using SecureStation.Core.Keys;
using SecureStation.Core.Noise;
using SecureStation.Core.Trust;

namespace SecureStation.Commands;

/// <summary>New-StationHandshake: begins a handshake whose messages the script carries itself.</summary>
[Cmdlet(VerbsCommon.New, "StationHandshake", DefaultParameterSetName = StationSet)]
[OutputType(typeof(ManualHandshake))]
public sealed class NewStationHandshakeCommand : SessionCmdlet
{
    private const string StationSet = "Station";
    private const string NoiseSet = "Noise";

    /// <summary>Which side this is; the initiator writes first.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public StationRole Role { get; set; }

    /// <summary>The pattern of the station's own handshake: XXhfs or XX, with an invitation XXhfs+psk3 or XXpsk3.</summary>
    [Parameter(ParameterSetName = StationSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completers.PatternCompleter))]
    public string? Pattern { get; set; }

    /// <summary>The suite of the station's own handshake.</summary>
    [Parameter(ParameterSetName = StationSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completers.SuiteCompleter))]
    public string? Suite { get; set; }

    /// <summary>The fingerprint that the peer's key must have.</summary>
    [Parameter(ParameterSetName = StationSet, ValueFromPipelineByPropertyName = true)]
    [FingerprintSource]
    [Alias("Fingerprint")]
    [ArgumentCompleter(typeof(Completers.PeerFingerprintCompleter))]
    public Fingerprint? PeerFingerprint { get; set; }

    /// <summary>The peer whose key it must be, a name or a record.</summary>
    [Parameter(ParameterSetName = StationSet)]
    [PeerSource]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(Completers.PeerNameCompleter))]
    public PeerReference? Peer { get; set; }

    /// <summary>The address that the peer stands for, host:port, whose pin counts; for initiators.</summary>
    [Parameter(ParameterSetName = StationSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completers.PeerAddressCompleter))]
    public string? Address { get; set; }

    /// <summary>What to do about a key that is neither named nor pinned.</summary>
    [Parameter(ParameterSetName = StationSet)]
    public TrustMode TrustMode { get; set; } = TrustMode.Strict;

    /// <summary>The invitation of a psk3 handshake, on both sides.</summary>
    [Parameter(ParameterSetName = StationSet)]
    [ValidateNotNull]
    [InvitationSource]
    public InvitationReference? Invitation { get; set; }

    /// <summary>The name of a Noise protocol: a handshake of raw Noise, without identities and trust.</summary>
    [Parameter(ParameterSetName = NoiseSet, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completers.NoiseProtocolCompleter))]
    public string NoiseProtocol { get; set; } = "";

    /// <summary>This side's static private key; where the pattern has one and none is given, a fresh one in memory.</summary>
    [Parameter(ParameterSetName = NoiseSet)]
    [ValidateNotNull]
    [FromBytes(typeof(NoiseKey))]
    public NoiseKey? StaticKey { get; set; }

    /// <summary>The peer's static public key, where the pattern has it known beforehand.</summary>
    [Parameter(ParameterSetName = NoiseSet)]
    [ValidateNotNull]
    [FromBytes(typeof(NoiseKey))]
    public NoiseKey? RemoteStatic { get; set; }

    /// <summary>The pre-shared keys, one for each psk of the pattern, in order.</summary>
    [Parameter(ParameterSetName = NoiseSet)]
    [NoiseKeys]
    [ValidateNotNull]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public NoiseKey[] Psk { get; set; } = [];

    /// <summary>What both sides must agree on beside the handshake: a string or a byte[].</summary>
    [Parameter(ParameterSetName = NoiseSet)]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public object? Prologue { get; set; }

    /// <summary>An ephemeral private key in place of a new one: for published test vectors only. Used twice it gives the keys away.</summary>
    [Parameter(ParameterSetName = NoiseSet)]
    [ValidateNotNull]
    [FromBytes(typeof(NoiseKey))]
    public NoiseKey? UnsafeEphemeralKey { get; set; }

    /// <inheritdoc/>
    protected override void ProcessInput() => WriteObject(ParameterSetName == NoiseSet ? CreateNoise() : CreateStation());

    private ManualStationHandshake CreateStation()
    {
        StationInvitation? invitation = Invitation?.Resolve();
        StationKeyPair keyPair = OpenKeyPair(KeyPair, Passphrase) ?? StationKeyPair.Generate();
        FileTrustStore store = OpenTrustStore(Peer?.Directory);
        Func<StationPublicKey, StationKeyPair, TrustVerdict> decide =
            HandshakeTrust.Decide(Role, TrustMode, store, PeerFingerprint, Peer?.Resolve(store).Fingerprint, Address is null ? null : SocketPath.Resolve(this, Address), invitation);
        return new ManualStationHandshake(Role, StationSuite.Choose(Suite, Pattern, invitation), keyPair, decide, invitation);
    }

    private ManualNoiseHandshake CreateNoise()
    {
        if (KeyPair is not null)
        {
            throw new StationException(StationFault.InvalidArgument, "Raw Noise has no identities: -NoiseProtocol takes -StaticKey, not -KeyPair.");
        }

        ProtocolName protocol = ProtocolName.Parse(NoiseProtocol);
        bool isInitiator = Role == StationRole.Initiator;
        NoiseKeyPair? local = StaticKey?.ToKeyPair(nameof(StaticKey)) ?? (protocol.Pattern.UsesStatic(isInitiator) ? NoiseKeyPair.Generate() : null);
        byte[][] psks = Array.ConvertAll(Psk, key => key.ToPsk(nameof(Psk)));
        try
        {
            return new ManualNoiseHandshake(new HandshakeStateOptions
            {
                Protocol = protocol,
                IsInitiator = isInitiator,
                Prologue = TextOrBytes.Of(Prologue, nameof(Prologue)),
                LocalStatic = local,
                UnsafeLocalEphemeral = UnsafeEphemeralKey?.ToKeyPair(nameof(UnsafeEphemeralKey)),
                RemoteStatic = RemoteStatic?.ToPublicKey(nameof(RemoteStatic)) is { } remote ? remote : (ReadOnlyMemory<byte>?)null,
                Psks = Array.ConvertAll(psks, psk => (ReadOnlyMemory<byte>)psk),
            });
        }
        finally
        {
            foreach (byte[] psk in psks)
            {
                CryptographicOperations.ZeroMemory(psk);
            }
        }
    }
}
