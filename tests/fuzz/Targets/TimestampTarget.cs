using SecureStation.Core.Notary.Timestamps;

namespace SecureStation.Fuzz.Targets;

/// <summary>RFC 3161: what an authority is asked, what it answers, and tokens in files.</summary>
internal sealed class TimestampTarget : IFuzzTarget
{
    public string Name => "timestamp";

    public IEnumerable<byte[]> Corpus() =>
    [
        .. ((string[])["query", "reply", "token"]).SelectMany(static (member, kind) =>
            VectorFiles.Texts("timestamps/openssl.json", member).Select(text => (byte[])[(byte)kind, .. Decode(text)])),
    ];

    public bool Run(byte[] input)
    {
        if (input.Length == 0)
        {
            return false;
        }

        ReadOnlyMemory<byte> encoded = input.AsMemory(1);
        switch (input[0] % 3)
        {
            case 0:
                return TimestampQuery.Read(encoded, out _, out _) is not null;
            case 1:
                return TimeStampResponse.Parse(encoded).TokenBytes is { } token && TimeStampToken.Parse(token) is not null;
            default:
                return TimeStampToken.ParseFile(encoded) is not null;
        }
    }

    private static byte[] Decode(string text) => text.All(char.IsAsciiHexDigit) ? Convert.FromHexString(text) : Convert.FromBase64String(text);
}
