using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using System.Security.Cryptography.X509Certificates;
using SecureStation.Core;
using SecureStation.Core.Notary.Timestamps;
using SecureStation.Core.Storage;

namespace SecureStation.Commands;

/// <summary>Test-StationTimestamp: whether documents have timestamps that hold; one answer for each.</summary>
[Cmdlet(VerbsDiagnostic.Test, "StationTimestamp", DefaultParameterSetName = PathSet)]
[OutputType(typeof(bool))]
[OutputType(typeof(TimestampReport))]
public sealed class TestStationTimestampCommand : DocumentFileCmdlet
{
    private TimestampTrust _trust = new();

    /// <summary>The timestamp; of each document the file beside it, .tsr, where none is given.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNull]
    public TimestampReference? Timestamp { get; set; }

    /// <summary>Roots, or the notary's own certificate; the platform's roots where none is given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public CertificateReference[]? TrustedCertificate { get; set; }

    /// <summary>Certificates that the tokens lack.</summary>
    [Parameter]
    [ValidateNotNull]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public CertificateReference[] ExtraCertificate { get; set; } = [];

    /// <summary>The policy that the timestamps must have.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Policy { get; set; }

    /// <summary>Looks up whether certificates were revoked, which asks the servers that they name.</summary>
    [Parameter]
    public SwitchParameter CheckRevocation { get; set; }

    /// <summary>Writes a report instead of an answer.</summary>
    [Parameter]
    public SwitchParameter Detailed { get; set; }

    private protected override string Activity => "Testing timestamps";

    /// <inheritdoc/>
    protected override void BeginCommand() => _trust = new TimestampTrust
    {
        TrustedCertificates = TrustedCertificate is null ? null : CertificateReference.Resolve(this, TrustedCertificate),
        ExtraCertificates = CertificateReference.Resolve(this, ExtraCertificate),
        Policy = Policy,
        RevocationMode = CheckRevocation ? X509RevocationMode.Online : X509RevocationMode.NoCheck,
    };

    private protected override void ProcessDocument(string file)
    {
        TimestampReport report = Examine(file);
        if (!Detailed)
        {
            if (report.Error is { } error)
            {
                WriteVerbose($"{file}: {error.Message}");
            }

            WriteObject(report.IsValid);
            return;
        }

        var output = new PSObject(report);
        output.Properties.Add(new PSNoteProperty("DocumentPath", file));
        WriteObject(output);
    }

    private TimestampReport Examine(string file)
    {
        byte[] token;
        try
        {
            token = (Timestamp ?? new TimestampReference(file + ".tsr")).Read(this);
        }
        catch (StationException e)
        {
            return TimestampReport.Of(e);
        }

        return Await(
            async stop =>
            {
                await using FileStream document = RegularFile.OpenRead(file);
                return await TimestampVerifier.VerifyAsync(token, document, _trust, stop).ConfigureAwait(false);
            },
            Deadline.After(Deadline.Infinite),
            "The test did not end");
    }
}
