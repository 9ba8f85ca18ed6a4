using System.Text;

namespace SecureStation.Core.Notary.Legacy;

/// <summary>A document that came to the old notary's second client.</summary>
public sealed class LegacyDocument
{
    private readonly byte[] _content;

    /// <summary>Makes one.</summary>
    public LegacyDocument(ReadOnlySpan<byte> content, string timestampText, SignatureCoverage coverage, string verdictText, string remoteAddress)
    {
        _content = content.ToArray();
        TimestampText = timestampText;
        Coverage = coverage;
        VerdictText = verdictText;
        RemoteAddress = remoteAddress;
    }

    /// <summary>The document as text.</summary>
    public string Text => Encoding.UTF8.GetString(_content);

    /// <summary>Bytes of the document.</summary>
    public int Length => _content.Length;

    /// <summary>The time in its receipt; empty where the message could not be read.</summary>
    public string TimestampText { get; }

    /// <summary>What the signature is over.</summary>
    public SignatureCoverage Coverage { get; }

    /// <summary>Whether the signature vouches for this document and this time.</summary>
    public bool IsValid => Coverage is SignatureCoverage.Document or SignatureCoverage.Concatenated;

    /// <summary>What was answered: <c>True</c>, <c>False</c> or <c>0</c>.</summary>
    public string VerdictText { get; }

    /// <summary>Who sent it, <c>host:port</c>. Nobody is authenticated.</summary>
    public string RemoteAddress { get; }

    /// <summary>The document.</summary>
    public byte[] ToBytes() => (byte[])_content.Clone();

    /// <inheritdoc/>
    public override string ToString() => $"{VerdictText} {TimestampText} {Coverage}";
}
