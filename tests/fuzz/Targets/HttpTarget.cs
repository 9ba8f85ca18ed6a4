using SecureStation.Core.Notary.Http;

namespace SecureStation.Fuzz.Targets;

/// <summary>The head of a request to a notary, as HttpConnection gives it: without the empty line at its end.</summary>
internal sealed class HttpTarget : IFuzzTarget
{
    public string Name => "http";

    public IEnumerable<byte[]> Corpus() =>
    [
        "POST / HTTP/1.1\r\nHost: a:1\r\nContent-Type: application/timestamp-query\r\nContent-Length: 69"u8.ToArray(),
        "POST /tsa HTTP/1.0\r\nContent-Type: application/timestamp-query\r\nContent-Length: 1\r\nConnection: keep-alive"u8.ToArray(),
        "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Type: application/timestamp-query\r\nContent-Length: 16384\r\nConnection: close"u8.ToArray(),
    ];

    public bool Run(byte[] input)
    {
        try
        {
            return HttpHeader.Parse(input, 16384) is not null;
        }
        catch (HttpException)
        {
            return false;
        }
    }
}
