using System.Formats.Asn1;
using System.Globalization;
using System.Numerics;

namespace SecureStation.Core.Notary.Timestamps;

/// <summary>What is signed in a token: TSTInfo (RFC 3161, 2.4.2).</summary>
internal sealed record TstInfo
{
    /// <summary>A dotted OID.</summary>
    public required string Policy { get; init; }

    /// <summary>The request's MessageImprint, byte for byte.</summary>
    public required ReadOnlyMemory<byte> MessageImprint { get; init; }

    /// <summary>16 random bytes, as an unsigned number.</summary>
    public required ReadOnlyMemory<byte> SerialNumber { get; init; }

    /// <summary>Whole microseconds.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>To a microsecond; zero is left out.</summary>
    public TimeSpan Accuracy { get; init; }

    public bool IsOrdering { get; init; }

    /// <summary>The request's nonce as an encoded INTEGER; empty for none.</summary>
    public ReadOnlyMemory<byte> Nonce { get; init; }

    /// <summary>The authority's X.501 name, encoded.</summary>
    public ReadOnlyMemory<byte> Tsa { get; init; }

    // TSTInfo ::= SEQUENCE {
    //     version         INTEGER (1),
    //     policy          OBJECT IDENTIFIER,
    //     messageImprint  SEQUENCE { AlgorithmIdentifier, OCTET STRING },
    //     serialNumber    INTEGER,
    //     genTime         GeneralizedTime,                -- fraction without trailing zeros
    //     accuracy        SEQUENCE { seconds INTEGER OPTIONAL, millis [0] INTEGER (1..999) OPTIONAL, micros [1] INTEGER (1..999) OPTIONAL } OPTIONAL,
    //     ordering        BOOLEAN DEFAULT FALSE,
    //     nonce           INTEGER OPTIONAL,
    //     tsa         [0] GeneralName OPTIONAL }
    public byte[] Encode()
    {
        var writer = new AsnWriter(AsnEncodingRules.DER, 512);
        using (writer.PushSequence())
        {
            writer.WriteInteger(1);
            writer.WriteObjectIdentifier(Policy);
            writer.WriteEncodedValue(MessageImprint.Span);
            writer.WriteInteger(new BigInteger(SerialNumber.Span, isUnsigned: true, isBigEndian: true));
            writer.WriteGeneralizedTime(Time.ToUniversalTime());
            WriteAccuracy(writer);
            if (IsOrdering)
            {
                writer.WriteBoolean(true);
            }

            if (!Nonce.IsEmpty)
            {
                writer.WriteEncodedValue(Nonce.Span);
            }

            if (!Tsa.IsEmpty)
            {
                using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
                using (writer.PushSequence(DirectoryName))
                {
                    writer.WriteEncodedValue(Tsa.Span);
                }
            }
        }

        return writer.Encode();
    }

    /// <summary>The tag of a directoryName in a GeneralName (RFC 5280, 4.2.1.6).</summary>
    public static readonly Asn1Tag DirectoryName = new(TagClass.ContextSpecific, 4);

    private void WriteAccuracy(AsnWriter writer)
    {
        long microseconds = Accuracy.Ticks / TimeSpan.TicksPerMicrosecond;
        if (microseconds == 0)
        {
            return;
        }

        using (writer.PushSequence())
        {
            WritePart(microseconds / 1_000_000, Asn1Tag.Integer);
            WritePart(microseconds / 1000 % 1000, new Asn1Tag(TagClass.ContextSpecific, 0));
            WritePart(microseconds % 1000, new Asn1Tag(TagClass.ContextSpecific, 1));
        }

        void WritePart(long value, Asn1Tag tag)
        {
            if (value > 0)
            {
                writer.WriteInteger(value, tag);
            }
        }
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Time:o} {Convert.ToHexStringLower(SerialNumber.Span)}");
}
