using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Keys;
using SecureStation.Core.Keys.Files;
using SecureStation.Core.Listening;
using SecureStation.Core.Sessions;
using SecureStation.Core.Trust;

namespace SecureStation.Commands;

/// <summary>Get-StationFingerprint: the fingerprint of a key, wherever the key is.</summary>
[Cmdlet(VerbsCommon.Get, "StationFingerprint", DefaultParameterSetName = InputObjectSet)]
[OutputType(typeof(Fingerprint))]
[OutputType(typeof(string))]
public sealed class GetStationFingerprintCommand : KeyStoreCmdlet
{
    private const string InputObjectSet = "InputObject";
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";

    /// <summary>A key pair, a public key, a peer, a listener (its key), a session (the peer's key), or the name of a key in the key store.</summary>
    [Parameter(ParameterSetName = InputObjectSet, Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [Alias("KeyPair", "PublicKey")]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(Completers.KeyNameCompleter))]
    public object? InputObject { get; set; }

    /// <summary>PEM files of public keys, or of private keys without a passphrase; with wildcards.</summary>
    [Parameter(ParameterSetName = PathSet, Mandatory = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public string[] Path { get; set; } = [];

    /// <summary>PEM files, without wildcards.</summary>
    [Parameter(ParameterSetName = LiteralPathSet, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Digits: twelve groups of five digits, to be compared by voice; of a session, those of both sides' keys together.</summary>
    [Parameter]
    public FingerprintFormat As { get; set; } = FingerprintFormat.Fingerprint;

    /// <inheritdoc/>
    protected override object? ErrorTarget => InputObject;

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        if (ParameterSetName == InputObjectSet)
        {
            object? input = InputObject is PSObject wrapped ? wrapped.BaseObject : InputObject;
            if (As == FingerprintFormat.Digits && input is StationSession session)
            {
                WriteObject(FingerprintDigits.Of(LocalOf(session), Of(session)));
                return;
            }

            Write(Of(input));
            return;
        }

        ForEachFile(Path, LiteralPath, file => Write(OfFile(file)));
    }

    private void Write(Fingerprint fingerprint) => WriteObject(As == FingerprintFormat.Digits ? FingerprintDigits.Of(fingerprint) : fingerprint);

    private static Fingerprint LocalOf(StationSession session) => session.LocalPublicKey?.Fingerprint
        ?? throw new StationException(StationFault.NotFound, "This side of the session has no key: its protocol knows no identities.");

    private Fingerprint Of(object? input) => input switch
    {
        StationKeyPair keyPair => keyPair.Fingerprint,
        StationPublicKey publicKey => publicKey.Fingerprint,
        Fingerprint fingerprint => fingerprint,
        PeerRecord peer => peer.Fingerprint,
        KeyStoreEntry entry => entry.Fingerprint ?? throw entry.Problem!,
        StationListener listener => listener.PublicKey.Fingerprint,
        StationSession session => session.RemotePublicKey?.Fingerprint
            ?? throw new StationException(StationFault.NotFound, "The peer of this session has shown no key."),
        StationInvitation invitation => invitation.Fingerprint,
        string name => OfName(name),
        _ => throw new StationException(StationFault.InvalidArgument, $"A {input?.GetType().Name ?? "null"} has no fingerprint."),
    };

    private Fingerprint OfName(string name)
    {
        KeyStore store = OpenKeyStore();
        KeyStoreEntry entry = store.List().FirstOrDefault(entry => entry.Name == name)
            ?? throw new StationException(StationFault.NotFound, $"The key store '{store.Directory}' has no key '{name}'.") { Subject = StationSubject.Key };
        return entry.Fingerprint ?? throw entry.Problem!;
    }

    private static Fingerprint OfFile(string file)
    {
        try
        {
            return KeyFile.ReadPublic(file).Fingerprint;
        }
        catch (StationException failure) when (failure.Fault == StationFault.InvalidKey)
        {
            try
            {
                using StationKeyPair keyPair = KeyFile.ReadPrivate(file);
                return keyPair.Fingerprint;
            }
            catch (StationException second) when (second.Fault == StationFault.InvalidKey)
            {
                throw failure;
            }
        }
    }
}
