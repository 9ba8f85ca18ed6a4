using System.Management.Automation;
using SecureStation.Core.DiffieHellman;
using SecureStation.Core.Listening;

namespace SecureStation.Commands;

/// <summary>Start-DhServer: serves the old program's exchange, in the background, until Stop-DhServer.</summary>
[Cmdlet(VerbsLifecycle.Start, "DhServer", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(DhServer))]
public sealed class StartDhServerCommand : DhCmdlet
{
    private const string DefaultGroup = "ffdhe2048";

    /// <summary>The parameters that are offered to every client.</summary>
    [Parameter(ValueFromPipeline = true)]
    [ValidateNotNull]
    public DhParameter? Parameter { get; set; }

    /// <summary>The port; 0 takes a free one.</summary>
    [Parameter(Position = 0)]
    [ValidateRange(0, 65535)]
    public int Port { get; set; } = DhClientOptions.DefaultPort;

    /// <summary>Loopback, Any, or an IP address of this machine.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completers.ListenAddressCompleter))]
    public string Address { get; set; } = StationListenerOptions.Loopback;

    /// <summary>Allows the old program's unauthenticated exchange.</summary>
    [Parameter]
    public SwitchParameter AllowLegacy { get; set; }

    /// <summary>How many clients there may be at once.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int MaxConnections { get; set; } = 256;

    /// <summary>How many seconds a client has for its exchange.</summary>
    [Parameter]
    [ValidateRange(0.1, 3600)]
    public double ExchangeTimeoutSec { get; set; } = 10;

    /// <inheritdoc/>
    protected override object? ErrorTarget => Port;

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        IDhWire wire = LegacyConsent.Require<IDhWire>(this, AllowLegacy, InvokeDhExchangeCommand.LegacyWarning);
        if (!ShouldProcess($"{Address}, port {Port}", "Serve unauthenticated Diffie-Hellman exchanges"))
        {
            return;
        }

        var options = new DhServerOptions
        {
            Address = Address,
            Port = Port,
            Parameter = Parameter ?? DhGroup.Get(DefaultGroup).Parameter,
            Policy = Policy,
            MaxConnections = MaxConnections,
            ExchangeTimeout = TimeSpan.FromSeconds(ExchangeTimeoutSec),
        };
        DhServer server = Compute(token => wire.Start(options, token), abandoned: late => _ = late.StopAsync());
        this.WarnIfWeak(options.Parameter);
        StationRegistry.Current.Add(server);
        WriteObject(server);
    }
}
