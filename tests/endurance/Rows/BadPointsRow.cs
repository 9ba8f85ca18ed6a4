using System.Net.Sockets;
using System.Numerics;
using SecureStation.Core;
using SecureStation.Core.DiffieHellman;
using SecureStation.Core.Handshake;
using SecureStation.Core.Keys.Files;
using SecureStation.Core.Listening;

namespace SecureStation.Endurance.Rows;

/// <summary>X25519 points of low order as ephemeral keys, Ed25519 keys of small order, Diffie-Hellman values at the edges.</summary>
internal sealed class BadPointsRow() : StationRow("bad-points", "points of low order and bad public values", 2000, 200, "each refused, the listener goes on", 60)
{
    private static readonly string[] s_points =
    [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ];

    // RFC 8032's group: the points of order 1, 2, 4 and 8.
    private static readonly string[] s_ed25519 =
    [
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    ];

    public override async Task<RowOutcome> RunAsync(RowContext context)
    {
        await using StationListener listener = Listen();
        await EchoOnceAsync(listener, context.Token);
        string suite = StationSuite.Names.First(static name => !name.Contains("hfs", StringComparison.Ordinal));
        int wire = 0;
        for (int i = 0; i < context.Count; i++)
        {
            byte[] bytes = [.. Preamble.Format(suite), 0, 32, .. Convert.FromHexString(s_points[i % s_points.Length])];
            using Socket socket = await RawClients.OpenAsync(listener.Port, bytes, context.Token);
            await RawClients.UntilEndAsync(socket, context.Token);
            wire++;
        }

        int keys = s_ed25519.Count(static point => Refuses(() => KeyFile.ParsePublic(Spki(Convert.FromHexString(point)))));
        DhParameter group = DhGroup.Get("ffdhe2048").Parameter;
        BigInteger p = group.Prime;
        BigInteger[] edges = [0, 1, p - 1, p, p + 1];
        int values = edges.Count(y => Refuses(() => DhPublicKey.FromValue(group, y)));
        while (listener.HandshakesFailed < wire)
        {
            await Task.Delay(20, context.Token);
        }

        await EchoOnceAsync(listener, context.Token);
        return new RowOutcome(wire, $"{wire} points on the wire, {keys} keys, {values} values refused", keys == s_ed25519.Length && values == edges.Length);
    }

    private static bool Refuses(Action work)
    {
        try
        {
            work();
            return false;
        }
        catch (StationException)
        {
            return true;
        }
    }

    // SubjectPublicKeyInfo of Ed25519, RFC 8410.
    private static byte[] Spki(byte[] point) =>
        System.Text.Encoding.ASCII.GetBytes($"-----BEGIN PUBLIC KEY-----\n{Convert.ToBase64String([0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00, .. point])}\n-----END PUBLIC KEY-----\n");
}
