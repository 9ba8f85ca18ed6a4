using System.Text;
using SecureStation.Core;
using SecureStation.Core.Transport;

namespace SecureStation.Legacy.DocumentNotary;

/// <summary>One message each way on a connection. The old programs read what one segment brings, so each message is one write.</summary>
internal static class NotaryConnection
{
    private static readonly TimeSpan s_closePatience = TimeSpan.FromSeconds(1);

    /// <summary>Reads until a message is complete, too long, or the peer has no more: a segment need not bring a whole one.</summary>
    /// <exception cref="StationException"><see cref="StationFault.Truncated"/>: the connection broke, or nothing came.</exception>
    public static async Task<byte[]> ReadAsync(ITransport transport, int max, Func<ReadOnlyMemory<byte>, bool> isComplete, CancellationToken cancellationToken)
    {
        var buffer = new byte[max];
        int filled = 0;
        try
        {
            int read;
            do
            {
                read = await transport.ReadAsync(buffer.AsMemory(filled), cancellationToken).ConfigureAwait(false);
                filled += read;
            }
            while (read > 0 && filled < max && !isComplete(buffer.AsMemory(0, filled)));
        }
        catch (IOException e)
        {
            throw HungUp(transport, e);
        }

        return filled > 0 ? buffer[..filled] : throw HungUp(transport, null);
    }

    /// <exception cref="StationException"><see cref="StationFault.Truncated"/></exception>
    public static async Task WriteAsync(ITransport transport, ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        try
        {
            await transport.WriteAsync(message, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw HungUp(transport, e);
        }
    }

    /// <summary>Ends the sending side and waits a moment for the peer's end: to close with unread bytes would lose what was just sent.</summary>
    public static async Task FinishAsync(ITransport transport)
    {
        using var limit = new CancellationTokenSource(s_closePatience);
        var scratch = new byte[256];
        try
        {
            await transport.CompleteWritesAsync().ConfigureAwait(false);
            for (int i = 0; i < 64 && await transport.ReadAsync(scratch, limit.Token).ConfigureAwait(false) > 0; i++)
            {
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The peer is gone, or does not close.
        }
    }

    /// <summary>Base64 without line breaks; null where it is something else.</summary>
    public static byte[]? FromBase64(ReadOnlySpan<byte> wire)
    {
        try
        {
            return Convert.FromBase64String(Encoding.ASCII.GetString(wire));
        }
        catch (FormatException)
        {
            return null;
        }
    }

    public static byte[] ToBase64(ReadOnlySpan<byte> bytes) => Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes));

    private static StationException HungUp(ITransport transport, Exception? inner) =>
        new(StationFault.Truncated, "The peer closed the connection without an answer.", inner) { Address = transport.RemoteAddress };
}
