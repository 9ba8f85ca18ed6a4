using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using SecureStation.Core.Transport;

namespace SecureStation.Core.Listening;

/// <summary>
/// Whom a connection counts for where many share what there is: an IPv4 address, or the /64 of an IPv6 address, which is what one
/// household or host is given. On loopback, and where there are no addresses, every connection is a source of its own.
/// </summary>
internal readonly record struct ConnectionSource
{
    private static long s_ownCount;

    private readonly AddressFamily _family;
    private readonly ulong _value;

    private ConnectionSource(AddressFamily family, ulong value)
    {
        _family = family;
        _value = value;
    }

    /// <summary>The source of a connection.</summary>
    public static ConnectionSource Of(ITransport transport) => Of((transport as TcpTransport)?.RemoteEndPoint);

    /// <summary>The source of a connection from there.</summary>
    public static ConnectionSource Of(EndPoint? remote)
    {
        if (remote is not IPEndPoint { Address: { } address } || IPAddress.IsLoopback(address))
        {
            return new ConnectionSource(AddressFamily.Unspecified, (ulong)Interlocked.Increment(ref s_ownCount));
        }

        Span<byte> bytes = stackalloc byte[16];
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        address.TryWriteBytes(bytes, out _);
        return address.AddressFamily == AddressFamily.InterNetwork
            ? new ConnectionSource(AddressFamily.InterNetwork, BinaryPrimitives.ReadUInt32BigEndian(bytes))
            : new ConnectionSource(AddressFamily.InterNetworkV6, BinaryPrimitives.ReadUInt64BigEndian(bytes));
    }
}
