using System.Text;

namespace SecureStation.Core.Age;

/// <summary>Writes a header; its layout is drawn at <see cref="AgeHeaderReader"/>.</summary>
internal static class AgeHeaderWriter
{
    /// <summary>The bytes of a header with these stanzas, its MAC made with the file key.</summary>
    public static byte[] Write(IEnumerable<AgeStanza> stanzas, ReadOnlySpan<byte> fileKey)
    {
        var text = new StringBuilder(AgeHeaderReader.Version).Append('\n');
        foreach (AgeStanza stanza in stanzas)
        {
            text.Append("-> ").AppendJoin(' ', stanza.Arguments.Prepend(stanza.Type)).Append('\n');
            string body = AgeBase64.Encode(stanza.Body);
            int start = 0;
            for (; body.Length - start >= AgeHeaderReader.Columns; start += AgeHeaderReader.Columns)
            {
                text.Append(body, start, AgeHeaderReader.Columns).Append('\n');
            }

            // The short line that ends a body is empty where the body fills its lines.
            text.Append(body, start, body.Length - start).Append('\n');
        }

        text.Append("---");
        byte[] authenticated = Encoding.ASCII.GetBytes(text.ToString());
        byte[] mac = AgeKeys.ComputeMac(fileKey, authenticated);
        return [.. authenticated, (byte)' ', .. Encoding.ASCII.GetBytes(AgeBase64.Encode(mac)), (byte)'\n'];
    }
}
