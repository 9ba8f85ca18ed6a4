using System.Management.Automation;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SecureStation.Core;
using SecureStation.Core.Storage;

namespace SecureStation;

/// <summary>A certificate, or a file of certificates: PEM with one or several, or DER with one.</summary>
public sealed class CertificateReference
{
    private const int MaxSize = 4 * 1024 * 1024;

    private readonly X509Certificate2? _certificate;
    private readonly string? _path;

    /// <summary>A certificate that the script holds.</summary>
    public CertificateReference(X509Certificate2 certificate) => _certificate = certificate;

    /// <summary>A file, without wildcards.</summary>
    public CertificateReference(string path) => _path = path;

    /// <summary>A file that Get-Item or Get-ChildItem wrote.</summary>
    public CertificateReference(FileInfo file)
    {
        ArgumentNullException.ThrowIfNull(file);
        _path = file.FullName;
    }

    /// <summary>The certificates of several references.</summary>
    /// <exception cref="StationException"><see cref="StationFault.NotFound"/> or <see cref="StationFault.InvalidArgument"/>.</exception>
    internal static IReadOnlyList<X509Certificate2> Resolve(PSCmdlet cmdlet, IEnumerable<CertificateReference> references) =>
        [.. references.SelectMany(one => one._certificate is { } certificate ? new X509Certificate2Collection(certificate) : Read(cmdlet, one._path!))];

    /// <inheritdoc/>
    public override string ToString() => _path ?? _certificate!.Subject;

    private static X509Certificate2Collection Read(PSCmdlet cmdlet, string path)
    {
        string file = PathResolver.Existing(cmdlet, path, isLiteral: true)[0];
        try
        {
            byte[] content = BoundedFile.Read(file, MaxSize)
                ?? throw new StationException(StationFault.InvalidArgument, $"'{path}' is too large for a file of certificates.");
            string text = new StreamReader(new MemoryStream(content)).ReadToEnd();
            if (!text.Contains("-----BEGIN", StringComparison.Ordinal))
            {
                return [X509CertificateLoader.LoadCertificate(content)];
            }

            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPem(text);
            return certificates.Count > 0 ? certificates : throw new StationException(StationFault.InvalidArgument, $"'{path}' holds no certificate.");
        }
        catch (CryptographicException e)
        {
            throw new StationException(StationFault.InvalidArgument, $"'{path}' holds no certificate that can be read.", e);
        }
    }
}
