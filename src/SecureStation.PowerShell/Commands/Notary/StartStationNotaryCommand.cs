using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using System.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SecureStation.Core;
using SecureStation.Core.Listening;
using SecureStation.Core.Notary;
using SecureStation.Core.Notary.Legacy;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;

namespace SecureStation.Commands;

/// <summary>Start-StationNotary: answers requests for timestamps, in the background, until Stop-StationNotary.</summary>
[Cmdlet(VerbsLifecycle.Start, "StationNotary", DefaultParameterSetName = TimestampSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(StationNotary), ParameterSetName = [TimestampSet])]
[OutputType(typeof(INotaryServer), ParameterSetName = [LegacySet])]
public sealed class StartStationNotaryCommand : KeyStoreCmdlet
{
    private const string TimestampSet = "Timestamp";
    private const string LegacySet = "DocumentNotary";

    /// <summary>The certificate that signs, with its private key, or a file of both.</summary>
    [Parameter(ParameterSetName = TimestampSet, Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    public CertificateReference? Certificate { get; set; }

    /// <summary>Opens the certificate's file.</summary>
    [Parameter(ParameterSetName = TimestampSet)]
    [Passphrase]
    public SecureString? CertificatePassword { get; set; }

    /// <summary>The old protocol.</summary>
    [Parameter(ParameterSetName = LegacySet, Mandatory = true)]
    [ValidateSet(NotaryText.DocumentNotary)]
    public string Protocol { get; set; } = "";

    /// <summary>Allows the old, insecure protocol.</summary>
    [Parameter(ParameterSetName = LegacySet)]
    public SwitchParameter AllowLegacy { get; set; }

    /// <summary>Signs the log's entries; of the old protocol, the server's key pair.</summary>
    [Parameter(ParameterSetName = TimestampSet)]
    [Parameter(ParameterSetName = LegacySet, Mandatory = true)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(Completers.KeyNameCompleter))]
    public NotaryKeyReference? KeyPair { get; set; }

    /// <summary>The passphrase of a named key pair.</summary>
    [Parameter(ParameterSetName = TimestampSet)]
    [Passphrase]
    public SecureString? Passphrase { get; set; }

    /// <summary>The folder with a file ID_publickey.bin for each client.</summary>
    [Parameter(ParameterSetName = LegacySet, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string PublicKeyDirectory { get; set; } = "";

    /// <summary>Signs the hash of nothing, as the original does.</summary>
    [Parameter(ParameterSetName = LegacySet)]
    public SwitchParameter SignEmptyHash { get; set; }

    /// <summary>The port; 0 takes a free one.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateRange(0, 65535)]
    public int Port { get; set; }

    /// <summary>Loopback, Any, or an IP address of this machine.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completers.ListenAddressCompleter))]
    public string Address { get; set; } = StationListenerOptions.Loopback;

    /// <summary>The log that each token is written to before it is given out.</summary>
    [Parameter(ParameterSetName = TimestampSet)]
    [ValidateNotNullOrEmpty]
    public string? LogPath { get; set; }

    /// <summary>Sessions whose peers may ask; HTTP is then served only with -Port.</summary>
    [Parameter(ParameterSetName = TimestampSet)]
    [ValidateNotNullOrEmpty]
    [FromId<StationSession>]
    [ArgumentCompleter(typeof(Completers.RunningCompleter<StationSession>))]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public StationSession[]? Session { get; set; }

    /// <summary>Certificates between the notary's and the root, which tokens carry along.</summary>
    [Parameter(ParameterSetName = TimestampSet)]
    [ValidateNotNull]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public CertificateReference[] Chain { get; set; } = [];

    /// <summary>The policies that are supported; the first is that of requests which name none.</summary>
    [Parameter(ParameterSetName = TimestampSet)]
    [ValidateNotNullOrEmpty]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public string[] Policy { get; set; } = [TimestampAuthorityOptions.DefaultPolicy];

    /// <summary>How far the times may be off, in seconds; 0 says nothing about it.</summary>
    [Parameter(ParameterSetName = TimestampSet)]
    [ValidateRange(0.0, 86400.0)]
    public double AccuracySec { get; set; } = 1;

    /// <summary>Makes tokens that can be ordered by their times alone.</summary>
    [Parameter(ParameterSetName = TimestampSet)]
    public SwitchParameter Ordering { get; set; }

    /// <summary>The hash under the signatures.</summary>
    [Parameter(ParameterSetName = TimestampSet)]
    [ValidateSet("SHA256", "SHA384", "SHA512")]
    public string HashAlgorithm { get; set; } = "SHA256";

    /// <inheritdoc/>
    protected override object? ErrorTarget => Certificate?.ToString() ?? Protocol;

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        if (ParameterSetName == LegacySet)
        {
            StartLegacy();
        }
        else
        {
            StartNotary();
        }
    }

    private void StartNotary()
    {
        SecureSession[] sessions = [.. (Session ?? []).Select(static session => session as SecureSession
            ?? throw new StationException(StationFault.InvalidArgument, $"A session of the protocol {session.Protocol} has no services."))];
        bool usesHttp = Session is null || MyInvocation.BoundParameters.ContainsKey(nameof(Port));
        string where = usesHttp ? $"{Address}, port {Port}" : $"{sessions.Length} session(s)";
        X509Certificate2 certificate = Compute(Certificate!.OpenWithKey(this, CertificatePassword));
        if (!ShouldProcess(where, $"Issue timestamps as {certificate.Subject}"))
        {
            return;
        }

        StationNotary notary = StationNotary.Start(new StationNotaryOptions
        {
            Authority = new TimestampAuthorityOptions
            {
                Certificate = certificate,
                Chain = CertificateReference.Resolve(this, Chain),
                Policy = Policy[0],
                OtherPolicies = Policy[1..],
                Accuracy = TimeSpan.FromSeconds(AccuracySec),
                IsOrdering = Ordering,
                SignatureHash = new HashAlgorithmName(HashAlgorithm),
            },
            UsesHttp = usesHttp,
            Address = Address,
            Port = Port,
            LogPath = LogPath is null ? null : PathResolver.Unresolved(this, LogPath),
            LogKeyPair = KeyPair is null ? null : OpenKeyPair(KeyPair.RequireStation(), Passphrase),
        });
        StationRegistry.Current.Add(notary);
        foreach (SecureSession session in sessions)
        {
            notary.Serve(session);
        }

        if (notary.Log is { RepairedBytes: > 0 } log)
        {
            WriteWarning($"The last line of '{log.Path}' was torn: {log.RepairedBytes} bytes were dropped. Its timestamp had not been given out.");
        }

        WriteObject(notary);
    }

    private void StartLegacy()
    {
        INotaryWire wire = LegacyConsent.Require<INotaryWire>(this, AllowLegacy, NotaryText.LegacyWarning);
        if (!ShouldProcess($"{Address}, port {Port}", "Serve the old document notary"))
        {
            return;
        }

        if (SignEmptyHash)
        {
            WriteWarning(NotaryText.EmptyHashWarning);
        }

        INotaryServer server = wire.Start(new DocumentNotaryOptions
        {
            KeyPair = KeyPair!.RequireLegacy(wire),
            PublicKeyDirectory = PathResolver.Unresolved(this, PublicKeyDirectory),
            Address = Address,
            Port = MyInvocation.BoundParameters.ContainsKey(nameof(Port)) ? Port : DocumentNotaryOptions.DefaultPort,
            SignEmptyHash = SignEmptyHash,
        });
        StationRegistry.Current.Add(server);
        WriteObject(server);
    }
}
