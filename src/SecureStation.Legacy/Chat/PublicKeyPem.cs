using System.Text;

namespace SecureStation.Legacy.Chat;

/// <summary>
/// A public key as PyCrypto's <c>exportKey()</c> writes it; the digests of the handshakes cover exactly these bytes:
/// <code>
/// "-----BEGIN PUBLIC KEY-----\n"  base64 of the SubjectPublicKeyInfo, 64 a line, each with "\n"  "-----END PUBLIC KEY-----"
/// </code>
/// No final newline, so nothing but this end line says where it ends.
/// </summary>
internal static class PublicKeyPem
{
    /// <summary>The most bytes that the old programs read at once, and so the longest PEM.</summary>
    public const int MaxLength = 2048;

    private const int LineLength = 64;

    private static ReadOnlySpan<byte> Begin => "-----BEGIN PUBLIC KEY-----"u8;

    private static ReadOnlySpan<byte> End => "-----END PUBLIC KEY-----"u8;

    /// <summary>Writes a SubjectPublicKeyInfo.</summary>
    public static byte[] Write(ReadOnlySpan<byte> subjectPublicKeyInfo)
    {
        var pem = new StringBuilder().Append(Encoding.ASCII.GetString(Begin)).Append('\n');
        string base64 = Convert.ToBase64String(subjectPublicKeyInfo);
        for (int i = 0; i < base64.Length; i += LineLength)
        {
            pem.Append(base64, i, Math.Min(LineLength, base64.Length - i)).Append('\n');
        }

        return Encoding.ASCII.GetBytes(pem.Append(Encoding.ASCII.GetString(End)).ToString());
    }

    /// <summary>Whether the bytes are, or may become, the beginning of a PEM.</summary>
    public static bool IsBeginning(ReadOnlySpan<byte> received)
    {
        int known = Math.Min(received.Length, Begin.Length);
        return received[..known].SequenceEqual(Begin[..known]);
    }

    /// <summary>The length of the PEM that the bytes begin with, up to its end line; 0 while that is not there.</summary>
    /// <exception cref="FormatException">They do not begin with a PEM.</exception>
    public static int FindEnd(ReadOnlySpan<byte> received)
    {
        if (!IsBeginning(received))
        {
            throw new FormatException("it does not begin with a public key in PEM");
        }

        int end = received.IndexOf(End);
        return end < 0 ? 0 : end + End.Length;
    }

    /// <summary>The SubjectPublicKeyInfo in a whole PEM. Any line length, CR LF too: only the digests look at such things.</summary>
    /// <exception cref="FormatException">The base64 is malformed.</exception>
    public static byte[] Decode(ReadOnlySpan<byte> pem)
    {
        int end = FindEnd(pem);
        return end == 0
            ? throw new FormatException("the PEM has no end line")
            : Convert.FromBase64String(Encoding.ASCII.GetString(pem[Begin.Length..(end - End.Length)]));
    }
}
