using System.Security.Cryptography.X509Certificates;

namespace SecureStation.Core.Notary.Timestamps;

/// <summary>Whether a timestamp holds, and who said what when.</summary>
public sealed class TimestampReport
{
    internal TimestampReport(TimeStampToken? token, X509Certificate2? signer, StationException? error)
    {
        Token = token;
        SignerCertificate = signer;
        Error = error;
    }

    /// <summary>Whether document, signature, certificate and trust are all right.</summary>
    public bool IsValid => Error is null;

    /// <summary>Why it does not hold; null where it does.</summary>
    public StationException? Error { get; }

    /// <summary>The reason in one word; null where it holds.</summary>
    public StationFault? Fault => Error?.Fault;

    /// <summary>The token; null where it could not be read.</summary>
    public TimeStampToken? Token { get; }

    /// <summary>The time that the token says. It means nothing unless <see cref="IsValid"/>.</summary>
    public DateTimeOffset? Time => Token?.Time;

    /// <summary>The certificate that the token names; null where it is not known. It means nothing unless <see cref="IsValid"/>.</summary>
    public X509Certificate2? SignerCertificate { get; }

    /// <summary>The name in that certificate.</summary>
    public string? Signer => SignerCertificate is null ? null : ForeignText.Show(SignerCertificate.Subject, 1024);

    /// <summary>The report of a timestamp that could not even be read.</summary>
    public static TimestampReport Of(StationException error) => new(null, null, error);

    /// <inheritdoc/>
    public override string ToString() => Error?.Message ?? $"{Token} {Signer}";
}
