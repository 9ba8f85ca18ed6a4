using System.Management.Automation;
using SecureStation.Core.DiffieHellman;
using SecureStation.Core.Sessions;
using SecureStation.Core.Transport;

namespace SecureStation.Commands;

/// <summary>Invoke-DhExchange: agrees on a secret; with a public key at hand, with the old program's server, or inside a session.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "DhExchange", DefaultParameterSetName = KeyPairSet)]
[OutputType(typeof(DhSharedSecret))]
public sealed class InvokeDhExchangeCommand : DhCmdlet
{
    internal const string LegacyWarning =
        "The plain Diffie-Hellman exchange does not authenticate the other side: whoever sits in between makes a secret with each of you, unnoticed.";

    private const string KeyPairSet = "KeyPair";
    private const string HostSet = "Host";
    private const string SessionSet = "Session";
    private const string DefaultSessionGroup = "ffdhe3072";

    // The other script may be a moment late with its Receive-DhExchange.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <summary>This side's key pair. Inside a session a fresh one is made where none is given.</summary>
    [Parameter(ParameterSetName = KeyPairSet, Mandatory = true, Position = 0)]
    [Parameter(ParameterSetName = SessionSet)]
    [ValidateNotNull]
    public DhKeyPair? KeyPair { get; set; }

    /// <summary>The other side's public key: the object, its key pair, or PEM text.</summary>
    [Parameter(ParameterSetName = KeyPairSet, Mandatory = true, Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PublicKey")]
    [ValidateNotNull]
    public DhPublicKeyReference? PeerPublicKey { get; set; }

    /// <summary>The host of the old program's server, also as host:port.</summary>
    [Parameter(ParameterSetName = HostSet, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Alias("ComputerName")]
    [ValidateNotNullOrEmpty]
    public string HostName { get; set; } = "";

    /// <summary>Its port.</summary>
    [Parameter(ParameterSetName = HostSet, ValueFromPipelineByPropertyName = true)]
    [ValidateRange(1, 65535)]
    public int Port { get; set; } = DhClientOptions.DefaultPort;

    /// <summary>Allows the old program's unauthenticated exchange.</summary>
    [Parameter(ParameterSetName = HostSet)]
    public SwitchParameter AllowLegacy { get; set; }

    /// <summary>The session whose peer receives the exchange.</summary>
    [Parameter(ParameterSetName = SessionSet, Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNull]
    [FromId<StationSession>]
    [ArgumentCompleter(typeof(Completers.RunningCompleter<StationSession>))]
    public StationSession? Session { get; set; }

    /// <summary>Of a server: the parameters that it must have. In a session: those to be used where no -KeyPair is given.</summary>
    [Parameter(ParameterSetName = HostSet)]
    [Parameter(ParameterSetName = SessionSet)]
    [ValidateNotNull]
    public DhParameter? Parameter { get; set; }

    /// <summary>How long the exchange may take.</summary>
    [Parameter(ParameterSetName = HostSet)]
    [Parameter(ParameterSetName = SessionSet)]
    [ValidateTimeout]
    public double TimeoutSec { get; set; } = 30;

    /// <inheritdoc/>
    protected override object? ErrorTarget => ParameterSetName switch
    {
        HostSet => StationTarget.Describe(HostName, Port),
        SessionSet => Session,
        _ => PeerPublicKey,
    };

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        DhSharedSecret secret = ParameterSetName switch
        {
            HostSet => ExchangeWithServer(),
            SessionSet => ExchangeInSession(),
            _ => Compute(
                token => DhExchange.Agree(KeyPair!, PeerPublicKey!.Resolve(KeyPair!.Parameter, Policy, token)),
                abandoned: late => late.Dispose()),
        };
        this.WarnIfWeak(secret.PeerPublicKey?.Parameter);
        WriteObject(secret);
    }

    private DhSharedSecret ExchangeWithServer()
    {
        IDhWire wire = LegacyConsent.Require<IDhWire>(this, AllowLegacy, LegacyWarning);
        StationAddress target = StationTarget.Parse(HostName, MyInvocation.BoundParameters.ContainsKey(nameof(Port)) ? Port : 0, DhClientOptions.DefaultPort);
        var options = new DhClientOptions
        {
            Host = target.Host,
            Port = target.Port,
            Parameter = Parameter,
            Policy = DhPolicy.Untrusted with { AllowWeakParameter = AllowWeakParameter },
            Timeout = Timeout.InfiniteTimeSpan,
        };
        return Await(
            token => wire.ExchangeAsync(options, token),
            Deadline.After(TimeoutSec),
            $"{target} did not complete the exchange",
            abandoned: late => late.Dispose());
    }

    private DhSharedSecret ExchangeInSession()
    {
        Deadline deadline = Deadline.After(TimeoutSec);
        TimeSpan patience = deadline.IsInfinite || deadline.Remaining > s_patience ? s_patience : deadline.Remaining;
        DhKeyPair keyPair = KeyPair ?? Compute(
            token => DhKeyPair.Generate(Parameter ?? DhGroup.Get(DefaultSessionGroup).Parameter, Policy, token),
            abandoned: late => late.Dispose());
        try
        {
            return Await(
                token => new DhSessionExchange(Session!, Policy).InvokeAsync(keyPair, patience, token),
                deadline,
                "The peer did not answer the exchange",
                abandoned: late => late.Dispose());
        }
        finally
        {
            if (KeyPair is null)
            {
                keyPair.Dispose();
            }
        }
    }
}
