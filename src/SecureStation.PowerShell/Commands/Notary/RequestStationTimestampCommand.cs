using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using System.Security.Cryptography;
using SecureStation.Core;
using SecureStation.Core.Notary;
using SecureStation.Core.Notary.Legacy;
using SecureStation.Core.Notary.Timestamps;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;
using SecureStation.Core.Storage;

namespace SecureStation.Commands;

/// <summary>Request-StationTimestamp: has a notary stamp documents, and writes each answer beside its document.</summary>
[Cmdlet(VerbsLifecycle.Request, "StationTimestamp", DefaultParameterSetName = PathSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(StationTimestamp))]
[OutputType(typeof(DocumentReceipt))]
public sealed class RequestStationTimestampCommand : DocumentFileCmdlet
{
    private const int MaxLegacyDocument = 1024 * 1024;

    private TimestampClient? _client;
    private TimestampTrust? _trust;
    private INotaryWire? _wire;

    /// <summary>Where the notary is.</summary>
    [Parameter]
    [WebAddress]
    [ValidateNotNull]
    public Uri? Uri { get; set; }

    /// <summary>The login that is given where the notary asks for one.</summary>
    [Parameter]
    [ValidateNotNull]
    [Credential]
    public PSCredential? Credential { get; set; }

    /// <summary>Gives the login over http too, where everybody on the way can read it.</summary>
    [Parameter]
    public SwitchParameter AllowUnencryptedAuthentication { get; set; }

    /// <summary>The session at whose other end the notary is.</summary>
    [Parameter]
    [ValidateNotNull]
    [FromId<StationSession>]
    [ArgumentCompleter(typeof(Completers.RunningCompleter<StationSession>))]
    public StationSession? Session { get; set; }

    /// <summary>The hash of the documents.</summary>
    [Parameter]
    [ValidateSet("SHA256", "SHA384", "SHA512")]
    public string HashAlgorithm { get; set; } = "SHA256";

    /// <summary>The policy to ask for.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Policy { get; set; }

    /// <summary>Certificates that the notary's must lead to; without them trust is left to Test-StationTimestamp.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public CertificateReference[]? TrustedCertificate { get; set; }

    /// <summary>Asks for tokens without the notary's certificate.</summary>
    [Parameter]
    public SwitchParameter NoCertificate { get; set; }

    /// <summary>Asks without a nonce.</summary>
    [Parameter]
    public SwitchParameter NoNonce { get; set; }

    /// <summary>The old protocol.</summary>
    [Parameter]
    [ValidateSet(NotaryText.DocumentNotary)]
    public string? Protocol { get; set; }

    /// <summary>Allows the old, insecure protocol.</summary>
    [Parameter]
    public SwitchParameter AllowLegacy { get; set; }

    /// <summary>This client's key pair in the old protocol.</summary>
    [Parameter]
    [ValidateNotNull]
    public NotaryKeyReference? KeyPair { get; set; }

    /// <summary>This client's id in the old protocol.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string Id { get; set; } = DocumentReceiptRequest.DefaultId;

    /// <summary>The folder with the old server's public key, server_publickey.bin.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? PublicKeyDirectory { get; set; }

    /// <summary>Replaces answers that are there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>How long each document may take.</summary>
    [Parameter]
    [ValidateTimeout]
    public double TimeoutSec { get; set; } = 30;

    private protected override string Activity => "Requesting timestamps";

    /// <inheritdoc/>
    protected override void BeginCommand()
    {
        if ((Uri is null) == (Session is null))
        {
            throw new StationException(StationFault.InvalidArgument, "Name the notary: with -Uri or with -Session, and with one of them.");
        }

        if (Credential is not null && (Uri is null || Protocol is not null))
        {
            throw new StationException(StationFault.InvalidArgument, "-Credential is for notaries at an http or https address.");
        }

        if (Uri is not null && WebAddress.Show(Uri) != Uri.OriginalString)
        {
            WriteWarning("The login in -Uri is not used, and stands in this command's history: give it with -Credential.");
        }

        if (Protocol is not null)
        {
            _wire = LegacyConsent.Require<INotaryWire>(this, AllowLegacy, NotaryText.LegacyWarning);
            if (Uri is null || KeyPair is null || PublicKeyDirectory is null)
            {
                throw new StationException(StationFault.InvalidArgument, "The old notary needs -Uri (notary://host:port), -KeyPair and -PublicKeyDirectory.");
            }

            return;
        }

        _trust = TrustedCertificate is null ? null : new TimestampTrust { TrustedCertificates = CertificateReference.Resolve(this, TrustedCertificate), Policy = Policy };
        _client = Session is null
            ? new TimestampClient(Uri!, Credential?.GetNetworkCredential(), AllowUnencryptedAuthentication)
            : new TimestampClient(Session as SecureSession ?? throw new StationException(StationFault.InvalidArgument, $"A session of the protocol {Session.Protocol} has no services."));
    }

    private protected override void ProcessDocument(string file)
    {
        string target = file + (_wire is null ? ".tsr" : ".receipt");
        if (!Force && File.Exists(target))
        {
            throw new StationException(StationFault.AlreadyExists, $"'{target}' exists already.");
        }

        if (!ShouldProcess(file, $"Request a timestamp from {(Uri is null ? Session!.RemoteAddress : WebAddress.Show(Uri))}"))
        {
            return;
        }

        if (_wire is null)
        {
            Stamp(file, target);
        }
        else
        {
            StampByLegacy(file, target);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _client?.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Stamp(string file, string target)
    {
        StationTimestamp timestamp = Await(
            async token =>
            {
                var algorithm = new HashAlgorithmName(HashAlgorithm);
                await using FileStream document = RegularFile.OpenRead(file);
                byte[] hash = await CryptographicOperations.HashDataAsync(algorithm, document, token).ConfigureAwait(false);
                var request = TimeStampRequest.Create(algorithm, hash, Policy, useNonce: !NoNonce, requestCertificate: !NoCertificate);
                return await _client!.RequestAsync(request, _trust, token).ConfigureAwait(false);
            },
            Deadline.After(TimeoutSec),
            "The notary did not answer");
        Write(target, timestamp.ToBytes());
        WriteObject(timestamp.WithPaths(file, target));
    }

    private void StampByLegacy(string file, string target)
    {
        byte[] document = BoundedFile.Read(file, MaxLegacyDocument)
            ?? throw new StationException(StationFault.MessageTooLarge, $"'{file}' is too large for the old notary.");
        DocumentReceipt receipt = Await(
            token => _wire!.RequestAsync(
                new DocumentReceiptRequest
                {
                    Host = Uri!.Host,
                    Port = Uri.Port > 0 ? Uri.Port : DocumentNotaryOptions.DefaultPort,
                    Id = Id,
                    KeyPair = KeyPair!.RequireLegacy(_wire),
                    ServerPublicKeyPath = System.IO.Path.Combine(PathResolver.Unresolved(this, PublicKeyDirectory!), NotaryText.ServerPublicKey),
                    Document = document,
                },
                token),
            Deadline.After(TimeoutSec),
            "The notary did not answer");
        if (!receipt.CoversDocument)
        {
            WriteWarning(NotaryText.EmptyHashWarning);
        }

        Write(target, receipt.ToJson());
        WriteObject(receipt.WithPaths(file, target));
    }

    // Whole or not at all: a reader must not find half a timestamp.
    private void Write(string target, byte[] content)
    {
        string temporary = $"{target}.{Guid.NewGuid():n}.tmp";
        try
        {
            File.WriteAllBytes(temporary, content);
            File.Move(temporary, target, Force);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
