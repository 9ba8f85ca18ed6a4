using System.Security.Cryptography;
using System.Text;

namespace SecureStation.Core.DiffieHellman;

/// <summary>What was read of a file of parameters, PEM or DER: the DER, and the PEM label if there was one.</summary>
internal readonly record struct DhPem(string? Label, byte[] Der)
{
    /// <summary>Larger files are refused before anything is read of them.</summary>
    internal const int MaximumLength = 64 * 1024;

    private const byte SequenceTag = 0x30;

    /// <summary>Tells DER from PEM by the first byte, which is a SEQUENCE's.</summary>
    internal static bool IsDer(ReadOnlySpan<byte> pemOrDer) => pemOrDer.Length > 0 && pemOrDer[0] == SequenceTag;

    /// <summary>Decodes the first PEM block, or takes DER as it is; text around the block is ignored.</summary>
    internal static DhPem Read(ReadOnlySpan<byte> pemOrDer)
    {
        if (pemOrDer.Length > MaximumLength)
        {
            throw new StationException(StationFault.InvalidParameter, $"A file of Diffie-Hellman parameters has {MaximumLength} bytes at most, not {pemOrDer.Length}.");
        }

        if (IsDer(pemOrDer))
        {
            return new DhPem(null, pemOrDer.ToArray());
        }

        string text = Decode(pemOrDer);
        if (!PemEncoding.TryFind(text, out PemFields fields))
        {
            throw new StationException(StationFault.InvalidParameter, "This is neither PEM nor DER.");
        }

        byte[] der = new byte[fields.DecodedDataLength];
        Convert.TryFromBase64Chars(text.AsSpan()[fields.Base64Data], der, out _);
        return new DhPem(text.AsSpan()[fields.Label].ToString(), der);
    }

    // PEM is ASCII, which editors and Windows PowerShell's redirection save as UTF-8 or UTF-16 with a mark.
    private static string Decode(ReadOnlySpan<byte> pem) => pem switch
    {
        [0xFF, 0xFE, ..] => Encoding.Unicode.GetString(pem[2..]),
        [0xFE, 0xFF, ..] => Encoding.BigEndianUnicode.GetString(pem[2..]),
        [0xEF, 0xBB, 0xBF, ..] => Encoding.Latin1.GetString(pem[3..]),
        _ => Encoding.Latin1.GetString(pem),
    };

    /// <summary>PEM as openssl writes it: lines of 64, LF, with a final newline.</summary>
    internal static string WritePem(string label, ReadOnlySpan<byte> der) => PemEncoding.WriteString(label, der) + "\n";
}
