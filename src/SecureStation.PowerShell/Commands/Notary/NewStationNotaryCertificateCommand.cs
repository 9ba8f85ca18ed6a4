using System.Management.Automation;
using System.Security.Cryptography.X509Certificates;
using SecureStation.Core.Keys;
using SecureStation.Core.Notary;

namespace SecureStation.Commands;

/// <summary>New-StationNotaryCertificate: makes a certificate for a timestamp authority, in memory, with its private key.</summary>
[Cmdlet(VerbsCommon.New, "StationNotaryCertificate", DefaultParameterSetName = NotarySet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(X509Certificate2))]
public sealed class NewStationNotaryCertificateCommand : StationCmdlet
{
    private const string NotarySet = "Notary";
    private const string AuthoritySet = "Authority";

    /// <summary>The name in the certificate.</summary>
    /// <remarks>Not by property name: an issuer that is piped in has a Subject too.</remarks>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Subject { get; set; } = "CN=SecureStation notary";

    /// <summary>The certificate, with private key, that issues it; without it the certificate is self-signed.</summary>
    [Parameter(ParameterSetName = NotarySet, ValueFromPipeline = true)]
    [ValidateNotNull]
    public X509Certificate2? Issuer { get; set; }

    /// <summary>Makes a certificate that issues those of notaries, and signs no timestamps itself.</summary>
    [Parameter(ParameterSetName = AuthoritySet, Mandatory = true)]
    public SwitchParameter Authority { get; set; }

    /// <summary>The kind of key: Rsa or EcdsaP256.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [KeyAlgorithm]
    [ValidateSet(nameof(StationKeyAlgorithm.Rsa), nameof(StationKeyAlgorithm.EcdsaP256))]
    public StationKeyAlgorithm Algorithm { get; set; } = StationKeyAlgorithm.Rsa;

    /// <summary>Bits of an RSA key.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public int KeySize { get; set; }

    /// <summary>From when it is valid; five minutes ago by default.</summary>
    [Parameter]
    public DateTimeOffset NotBefore { get; set; }

    /// <summary>Until when it is valid; for a year by default, but no longer than its issuer.</summary>
    [Parameter]
    public DateTimeOffset NotAfter { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => Subject;

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        if (!ShouldProcess(Subject, Authority ? "Make a certificate authority" : "Make a certificate for timestamps"))
        {
            return;
        }

        DateTimeOffset from = NotBefore == default ? Later(DateTimeOffset.UtcNow.AddMinutes(-5), Issuer?.NotBefore) : NotBefore;
        DateTimeOffset to = NotAfter == default ? Earlier(DateTimeOffset.UtcNow.AddYears(1), Issuer?.NotAfter) : NotAfter;
        WriteObject(Compute(() => Authority
            ? NotaryCertificate.CreateAuthority(Subject, Algorithm, KeySize, from, to)
            : NotaryCertificate.Create(Subject, Algorithm, KeySize, from, to, Issuer)));
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTime? other) => other > one.LocalDateTime ? other.Value : one;

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTime? other) => other < one.LocalDateTime ? other.Value : one;
}
