using System.Net;
using SecureStation.Core;
using SecureStation.Core.Transport;
using SecureStation.Core.Transport.Proxies;

namespace SecureStation.Fuzz.Targets;

/// <summary>
/// What a proxy answers. The first byte says which kind of proxy (bit 0) and whether there is a login (bit 1). Whole or byte by byte, the answers mean the
/// same.
/// </summary>
internal sealed class ProxyTarget : IFuzzTarget
{
    private static readonly StationAddress s_target = StationAddress.ParseTcp("station.example:7700");
    private static readonly ProxyAddress[] s_proxies = [ProxyAddress.Parse("socks5://127.0.0.1:1080"), ProxyAddress.Parse("http://127.0.0.1:8080")];
    private static readonly NetworkCredential s_login = new("user", "word");

    public string Name => "proxy";

    public IEnumerable<byte[]> Corpus() =>
    [
        [0, 5, 0, 5, 0, 0, 1, 127, 0, 0, 1, 0, 80],
        [2, 5, 2, 1, 0, 5, 0, 0, 3, 4, .. "host"u8, 0, 80],
        [0, 5, 0, 5, 0, 0, 4, .. new byte[16], 0, 80],
        [0, 5, 0, 5, 5, 0, 1, 0, 0, 0, 0, 0, 0],
        [2, 5, 2, 1, 1],
        [1, .. "HTTP/1.1 200 Connection established\r\nVia: a\r\n\r\n"u8],
        [3, .. "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.0 200\r\n\r\nbytes of the station"u8],
        [1, .. "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n"u8],
        [1, .. "HTTP/1.1 502 Bad Gateway\r\n\r\n"u8],
    ];

    public bool Run(byte[] input)
    {
        if (input.Length == 0)
        {
            return false;
        }

        int? whole = Connect(input, isWhole: true, out StationFault? refusal);
        int? pieces = Connect(input, isWhole: false, out StationFault? refusalOfPieces);
        return whole != pieces || (whole is not null && refusal != refusalOfPieces)
            ? throw new InvalidOperationException($"Whole it connects after {whole}, in pieces after {pieces}.")
            : whole is not null;
    }

    // After how many bytes the connection is there; null: never.
    private static int? Connect(byte[] input, bool isWhole, out StationFault? refusal)
    {
        refusal = null;
        ProxyNegotiation negotiation = ProxyNegotiation.Create(s_proxies[input[0] & 1], s_target, (input[0] & 2) == 0 ? null : s_login);
        byte[] answer = input[1..Math.Min(input.Length, 1 + negotiation.MaxAnswer)];
        negotiation.Begin();
        int at = 0;
        int seen = isWhole ? answer.Length : 0;
        try
        {
            for (int steps = 0; steps <= 4 * (answer.Length + 4); steps++)
            {
                ProxyStep step = at < seen ? negotiation.Read(answer.AsSpan(at, seen - at)) : ProxyStep.NeedsMore;
                at += step.Eaten;
                if (at > seen)
                {
                    throw new InvalidOperationException("It ate more than there was.");
                }

                if (step.IsConnected)
                {
                    return at;
                }

                if (step.Eaten == 0 && step.Send.Length == 0 && seen++ == answer.Length)
                {
                    return null;
                }
            }
        }
        catch (StationException e)
        {
            refusal = e.Fault;
            return null;
        }

        throw new InvalidOperationException("It neither connects nor wants more.");
    }
}
