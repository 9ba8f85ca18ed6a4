using System.Management.Automation;
using System.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SecureStation.Core;
using SecureStation.Core.Storage;

namespace SecureStation;

/// <summary>A certificate, or a file of certificates: PEM with one or several, or DER with one.</summary>
public sealed class CertificateReference
{
    private const int MaxSize = 4 * 1024 * 1024;
    private const string PemBegin = "-----BEGIN";

    // ERROR_INVALID_PASSWORD, which .NET uses everywhere.
    private const uint WrongPassword = 0x80070056;

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

    /// <summary>Reads the file, if it is one, and returns what makes the certificate with its private key of it (PFX or PEM): work for another thread.</summary>
    /// <exception cref="StationException">
    /// <see cref="StationFault.NotFound"/>, <see cref="StationFault.StorageFailed"/>; <see cref="StationFault.WrongPassphrase"/>;
    /// <see cref="StationFault.InvalidArgument"/>: no such file, or a password without one.
    /// </exception>
    internal Func<X509Certificate2> OpenWithKey(PSCmdlet cmdlet, SecureString? password)
    {
        if (_certificate is not null)
        {
            return password is null ? () => _certificate : throw new StationException(StationFault.InvalidArgument, "A password is for a certificate that is given as a file.");
        }

        byte[] content = ReadFile(cmdlet, _path!);
        return () => OpenWithKey(content, password);
    }

    /// <inheritdoc/>
    public override string ToString() => _path ?? _certificate!.Subject;

    private static X509Certificate2Collection Read(PSCmdlet cmdlet, string path)
    {
        byte[] content = ReadFile(cmdlet, path);
        try
        {
            string text = ReadText(content);
            if (!text.Contains(PemBegin, StringComparison.Ordinal))
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

    private X509Certificate2 OpenWithKey(byte[] content, SecureString? password)
    {
        using var text = new PassphraseText(password);
        try
        {
            string pem = ReadText(content);
            return !pem.Contains(PemBegin, StringComparison.Ordinal) ? X509CertificateLoader.LoadPkcs12(content, text.Span)
                : pem.Contains("-----BEGIN ENCRYPTED PRIVATE KEY-----", StringComparison.Ordinal) ? X509Certificate2.CreateFromEncryptedPem(pem, pem, text.Span)
                : X509Certificate2.CreateFromPem(pem, pem);
        }
        catch (CryptographicException e) when ((uint)e.HResult is WrongPassword || e.Message.Contains("password", StringComparison.OrdinalIgnoreCase))
        {
            throw new StationException(StationFault.WrongPassphrase, $"The password does not open '{_path}', or it needs one.", e) { Subject = StationSubject.Certificate };
        }
        catch (CryptographicException e)
        {
            throw new StationException(StationFault.InvalidArgument, $"'{_path}' holds no certificate with its private key that can be read.", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    private static byte[] ReadFile(PSCmdlet cmdlet, string path) =>
        BoundedFile.Read(PathResolver.Existing(cmdlet, path, isLiteral: true)[0], MaxSize)
            ?? throw new StationException(StationFault.InvalidArgument, $"'{path}' is too large for a file of certificates.");

    // UTF-8, or what its mark says.
    private static string ReadText(byte[] content)
    {
        using var reader = new StreamReader(new MemoryStream(content));
        return reader.ReadToEnd();
    }
}
