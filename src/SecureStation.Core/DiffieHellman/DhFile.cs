using System.Security.Cryptography;
using System.Text;

namespace SecureStation.Core.DiffieHellman;

/// <summary>What was read of a small PEM or DER file: the DER, and the PEM label if there was one.</summary>
internal readonly record struct DhFile(string? Label, byte[] Der)
{
    /// <summary>Larger files are refused before anything is read of them.</summary>
    internal const int MaximumLength = 64 * 1024;

    private const byte SequenceTag = 0x30;

    /// <summary>Tells PEM from DER by the first byte and decodes the first PEM block; text around it is ignored.</summary>
    internal static DhFile Read(ReadOnlySpan<byte> pemOrDer, StationFault fault)
    {
        if (pemOrDer.Length > MaximumLength)
        {
            throw new StationException(fault, $"A file of Diffie-Hellman parameters or keys has {MaximumLength} bytes at most, not {pemOrDer.Length}.");
        }

        if (pemOrDer.Length > 0 && pemOrDer[0] == SequenceTag)
        {
            return new DhFile(null, pemOrDer.ToArray());
        }

        char[] text = new char[pemOrDer.Length];
        Encoding.Latin1.GetChars(pemOrDer, text);
        try
        {
            if (!PemEncoding.TryFind(text, out PemFields fields))
            {
                throw new StationException(fault, "This is neither PEM nor DER.");
            }

            byte[] der = new byte[fields.DecodedDataLength];
            Convert.TryFromBase64Chars(text.AsSpan()[fields.Base64Data], der, out _);
            return new DhFile(text.AsSpan()[fields.Label].ToString(), der);
        }
        finally
        {
            Array.Clear(text);
        }
    }

    /// <summary>PEM as openssl writes it: lines of 64, LF, with a final newline.</summary>
    internal static string WritePem(string label, ReadOnlySpan<byte> der) => PemEncoding.WriteString(label, der) + "\n";
}
