using System.Formats.Asn1;

namespace SecureStation.Core.Notary.Timestamps;

/// <summary>
/// What a timestamp authority answers: TimeStampResp (RFC 3161, 2.4.2).
/// <code>
/// TimeStampResp ::= SEQUENCE {
///     status          SEQUENCE {
///         status          INTEGER,
///         statusString    SEQUENCE OF UTF8String OPTIONAL,
///         failInfo        BIT STRING OPTIONAL },
///     timeStampToken  ContentInfo OPTIONAL }
/// </code>
/// </summary>
public sealed class TimeStampResponse
{
    /// <summary>The largest response, in bytes; a usual one with its certificates is under 8 KiB, some carry revocation lists.</summary>
    public const int MaxSize = 1024 * 1024;

    private const int MaxStatusText = 1024;

    private readonly byte[] _encoded;

    private TimeStampResponse(PkiStatus status, string? statusText, PkiFailureInfo failureInfo, ReadOnlyMemory<byte>? token, byte[] encoded)
    {
        Status = status;
        StatusText = statusText;
        FailureInfo = failureInfo;
        TokenBytes = token;
        _encoded = encoded;
    }

    /// <summary>Granted or not.</summary>
    public PkiStatus Status { get; }

    /// <summary>What the authority says to people; null where it says nothing.</summary>
    public string? StatusText { get; }

    /// <summary>Why there is no token.</summary>
    public PkiFailureInfo FailureInfo { get; }

    /// <summary>The token's DER; null where there is none.</summary>
    public ReadOnlyMemory<byte>? TokenBytes { get; }

    /// <summary>Whether there is a token: status 0 or 1.</summary>
    public bool IsGranted => Status is PkiStatus.Granted or PkiStatus.GrantedWithMods;

    /// <summary>Reads a response.</summary>
    /// <exception cref="StationException"><see cref="StationFault.TimestampMalformed"/></exception>
    public static TimeStampResponse Parse(ReadOnlyMemory<byte> encoded)
    {
        if (encoded.Length > MaxSize)
        {
            throw Malformed($"A timestamp response of {encoded.Length} bytes is too large; {MaxSize} are allowed.");
        }

        byte[] copy = encoded.ToArray();
        try
        {
            // BER, because CMS allows it and some authorities send it.
            var outer = new AsnReader(copy, AsnEncodingRules.BER);
            AsnReader response = outer.ReadSequence();
            outer.ThrowIfNotEmpty();
            AsnReader info = response.ReadSequence();
            if (!info.TryReadInt32(out int status) || !Enum.IsDefined((PkiStatus)status))
            {
                throw Malformed("The timestamp response has a status that RFC 3161 does not know.");
            }

            string? text = info.HasData && info.PeekTag().HasSameClassAndValue(Asn1Tag.Sequence) ? ReadText(info.ReadSequence()) : null;
            PkiFailureInfo failure = info.HasData ? ReadFailureInfo(info) : PkiFailureInfo.None;
            info.ThrowIfNotEmpty();
            ReadOnlyMemory<byte>? token = response.HasData ? response.ReadEncodedValue() : (ReadOnlyMemory<byte>?)null;
            response.ThrowIfNotEmpty();
            var result = new TimeStampResponse((PkiStatus)status, text, failure, token, copy);
            return result.IsGranted == token.HasValue
                ? result
                : throw Malformed(token is null ? "The timestamp response says that it is granted, and has no token." : "The timestamp response has a token that it does not grant.");
        }
        catch (AsnContentException e)
        {
            throw Malformed("The timestamp response is not well-formed.", e);
        }
    }

    /// <summary>The response as it came.</summary>
    public byte[] ToBytes() => (byte[])_encoded.Clone();

    /// <summary>Writes a granted response around a token.</summary>
    internal static byte[] WriteGranted(ReadOnlySpan<byte> token)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER, token.Length + 32);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteInteger((int)PkiStatus.Granted);
            }

            writer.WriteEncodedValue(token);
        }

        return writer.Encode();
    }

    /// <summary>Writes a response without a token.</summary>
    internal static byte[] WriteRejection(PkiFailureInfo failure, string text)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSequence())
        {
            writer.WriteInteger((int)PkiStatus.Rejection);
            using (writer.PushSequence())
            {
                writer.WriteCharacterString(UniversalTagNumber.UTF8String, text);
            }

            writer.WriteNamedBitList(failure);
        }

        return writer.Encode();
    }

    private static string ReadText(AsnReader texts)
    {
        var all = new List<string>();
        int length = 0;
        while (texts.HasData && length < MaxStatusText)
        {
            all.Add(texts.ReadCharacterString(UniversalTagNumber.UTF8String));
            length += all[^1].Length;
        }

        return ForeignText.Show(string.Join(" ", all), MaxStatusText);
    }

    private static PkiFailureInfo ReadFailureInfo(AsnReader info)
    {
        byte[] bits = info.ReadBitString(out _);
        int value = 0;
        for (int bit = 0; bit < Math.Min(bits.Length * 8, 31); bit++)
        {
            if ((bits[bit / 8] & (0x80 >> (bit % 8))) != 0)
            {
                value |= 1 << bit;
            }
        }

        return (PkiFailureInfo)value;
    }

    private static StationException Malformed(string message, Exception? inner = null) => new(StationFault.TimestampMalformed, message, inner);
}
