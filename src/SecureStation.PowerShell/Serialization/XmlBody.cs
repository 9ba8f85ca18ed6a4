using System.Xml;

namespace SecureStation.Serialization;

/// <summary>XML documents and elements as the text of a tagged value. Read without a DTD, so no entity of a peer's is expanded or fetched.</summary>
internal static class XmlBody
{
    // .NET goes through a document's text by recursion; a deeper one could end a reader's process.
    private const int MaxDepth = 128;

    private static readonly XmlReaderSettings s_settings = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };

    /// <summary>The text of a document or element, if reading it gives the same again.</summary>
    /// <exception cref="FormatException">It does not: the document has a DTD, say, or characters that XML cannot write.</exception>
    public static string Write(XmlNode node, ref int nodes)
    {
        // A carriage return in a text would be read as a line feed.
        string original = node.OuterXml;
        string text = original.Replace("\r", "&#xD;", StringComparison.Ordinal);
        return Read(text, ref nodes).OuterXml == original ? text : throw new FormatException("it does not read back as it was written");
    }

    /// <summary>Reads a document.</summary>
    /// <exception cref="FormatException">It is none, or is over the limits.</exception>
    public static XmlDocument Read(string text, ref int nodes)
    {
        // Its own resolver is null since .NET Core; what is not significant stays, so that the text stays.
        var document = new XmlDocument { PreserveWhitespace = true, XmlResolver = null };
        if (text.Length == 0)
        {
            return document;
        }

        try
        {
            // Before the document is built, because that takes a multiple of the text's memory.
            using (var scan = XmlReader.Create(new StringReader(text), s_settings))
            {
                while (scan.Read())
                {
                    nodes += 1 + scan.AttributeCount;
                    if (nodes > ObjectBody.MaxNodes || scan.Depth > MaxDepth)
                    {
                        throw new FormatException($"it has more than {ObjectBody.MaxNodes} nodes, or more than {MaxDepth} in one another");
                    }
                }
            }

            using var reader = XmlReader.Create(new StringReader(text), s_settings);
            document.Load(reader);
            return document;
        }
        catch (XmlException malformed)
        {
            throw new FormatException(malformed.Message, malformed);
        }
    }
}
