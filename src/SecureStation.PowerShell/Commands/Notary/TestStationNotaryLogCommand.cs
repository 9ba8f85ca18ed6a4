using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Keys;
using SecureStation.Core.Notary.Log;
using SecureStation.Core.Notary.Timestamps;

namespace SecureStation.Commands;

/// <summary>Test-StationNotaryLog: whether a notary's log fits together; one answer for each log.</summary>
[Cmdlet(VerbsDiagnostic.Test, "StationNotaryLog", DefaultParameterSetName = EntrySet)]
[OutputType(typeof(bool))]
[OutputType(typeof(NotaryLogReport))]
public sealed class TestStationNotaryLogCommand : StationCmdlet
{
    private const string EntrySet = "Entry";
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";

    private NotaryLogHead? _head;
    private Fingerprint? _key;
    private TimestampTrust? _trust;
    private NotaryLogVerifier? _verifier;

    /// <summary>The entries of one log, in their order.</summary>
    [Parameter(ParameterSetName = EntrySet, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public NotaryLogEntry[] Entry { get; set; } = [];

    /// <summary>Log files, with wildcards.</summary>
    [Parameter(ParameterSetName = PathSet, Mandatory = true, Position = 0)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public string[] Path { get; set; } = [];

    /// <summary>Log files, without wildcards.</summary>
    [Parameter(ParameterSetName = LiteralPathSet, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>A head that was kept elsewhere: the head, its text, or its entry.</summary>
    [Parameter]
    [ValidateNotNull]
    public LogHeadReference? Head { get; set; }

    /// <summary>The fingerprint of the only key that may have signed entries.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Fingerprint { get; set; }

    /// <summary>Certificates that the tokens' must lead to.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public CertificateReference[]? TrustedCertificate { get; set; }

    /// <summary>Writes a report instead of an answer.</summary>
    [Parameter]
    public SwitchParameter Detailed { get; set; }

    /// <inheritdoc/>
    protected override void BeginCommand()
    {
        _head = Head?.Resolve();
        _key = Fingerprint is null ? null
            : Core.Keys.Fingerprint.TryParse(Fingerprint, out Fingerprint? key) ? key
            : throw new StationException(StationFault.InvalidArgument, $"'{Fingerprint}' is no fingerprint; it begins with SHA256:.");
        _trust = TrustedCertificate is null ? null : new TimestampTrust { TrustedCertificates = CertificateReference.Resolve(this, TrustedCertificate) };
    }

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        if (ParameterSetName == EntrySet)
        {
            _verifier ??= Begin();
            AddAll(_verifier, Entry);
            return;
        }

        ForEachFile(Path, LiteralPath, file =>
        {
            NotaryLogVerifier verifier = Begin();
            AddAll(verifier, NotaryLogFile.Read(file));
            Answer(verifier);
        });
    }

    /// <inheritdoc/>
    protected override void EndCommand()
    {
        // An empty log writes no entries, and is a log all the same.
        if (ParameterSetName == EntrySet)
        {
            Answer(_verifier ?? Begin());
        }
    }

    private NotaryLogVerifier Begin() => new(_head, _key, _trust);

    private void AddAll(NotaryLogVerifier verifier, IEnumerable<NotaryLogEntry> entries)
    {
        foreach (NotaryLogEntry entry in entries)
        {
            StopToken.ThrowIfCancellationRequested();
            verifier.Add(entry);
        }
    }

    private void Answer(NotaryLogVerifier verifier)
    {
        NotaryLogReport report = verifier.Finish();
        foreach (NotaryLogProblem problem in report.Problems)
        {
            WriteVerbose(problem.Message);
        }

        WriteObject(Detailed ? report : report.IsValid);
    }
}
