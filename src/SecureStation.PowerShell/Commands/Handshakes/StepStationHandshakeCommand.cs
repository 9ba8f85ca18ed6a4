using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Handshake;
using SecureStation.Core.Handshake.ByHand;
using SecureStation.Core.Keys;
using SecureStation.Core.Trust;

namespace SecureStation.Commands;

/// <summary>Step-StationHandshake: reads the peer's message if one is given, decides about trust, and writes the next message if it is this side's turn.</summary>
[Cmdlet(VerbsCommon.Step, "StationHandshake")]
[OutputType(typeof(HandshakeMessage), typeof(ManualHandshake))]
public sealed class StepStationHandshakeCommand : TrustStoreCmdlet
{
    /// <summary>The handshake.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(Completers.VariableCompleter<ManualHandshake>))]
    public ManualHandshake? Handshake { get; set; }

    /// <summary>The peer's message: the object, its base64 or hex, or its bytes.</summary>
    [Parameter(Position = 1, ValueFromPipeline = true)]
    [ValidateNotNull]
    [FromBytes(typeof(HandshakeMessageReference))]
    public HandshakeMessageReference? Message { get; set; }

    /// <summary>What to send along in raw Noise: a string or a byte[].</summary>
    [Parameter]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public object? Payload { get; set; }

    /// <summary>The fingerprint that the peer's key must have.</summary>
    [Parameter]
    [FingerprintSource]
    [ArgumentCompleter(typeof(Completers.PeerFingerprintCompleter))]
    public Fingerprint? PeerFingerprint { get; set; }

    /// <summary>What to do about a key that is neither named nor pinned.</summary>
    [Parameter]
    public TrustMode TrustMode { get; set; } = TrustMode.Strict;

    /// <summary>Writes the handshake where no message remains to be written.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => Handshake;

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        ManualHandshake handshake = Handshake!;
        byte[] payload = TextOrBytes.Of(Payload, nameof(Payload));
        if (IsBound(nameof(PeerFingerprint)) || IsBound(nameof(TrustMode)) || IsBound(nameof(TrustStore)))
        {
            ReplaceTrust(handshake);
        }

        if (Message is not null)
        {
            handshake.Read(Message.Resolve());
            WriteVerbose($"Read message {handshake.MessagesDone} of {handshake.MessageCount}; the handshake is in the state {handshake.State}.");
        }

        // Without a message to read, writing is what the caller wants: out of turn that is the error.
        if (handshake.State == ManualHandshakeState.WriteDue || Message is null)
        {
            HandshakeMessage message = handshake.Write(payload);
            WriteVerbose($"Wrote message {message.Number} of {handshake.MessageCount} ({message.Pattern}), {message.Length} bytes.");
            WriteObject(message);
        }
        else if (PassThru)
        {
            WriteObject(handshake);
        }
    }

    // What New-StationHandshake was told about trust stays as long as nothing is said here.
    private void ReplaceTrust(ManualHandshake handshake)
    {
        if (handshake is not ManualStationHandshake station)
        {
            throw new StationException(StationFault.InvalidArgument, "Raw Noise has no identities, so there is nobody to trust: -PeerFingerprint, -TrustMode and -TrustStore are for the station's own handshake.");
        }

        station.DecideWith(HandshakeTrust.Decide(handshake.Role, TrustMode, OpenTrustStore(), PeerFingerprint));
    }

    private bool IsBound(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);
}
