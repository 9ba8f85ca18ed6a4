using SecureStation.Core.Messages;

namespace SecureStation.Core.Sessions;

/// <summary>
/// What a message costs in memory beside its body, in bytes: objects of a 64-bit process, as large as they really are. Windows count
/// bodies only, so this is what bounds messages that have none.
/// </summary>
internal static class MessageCost
{
    // What a session's messages that nobody has taken may cost.
    private const long MaxUntaken = 64 * 1024 * 1024;

    // The message, its place in a queue that has just doubled, and the header and padding of its body's array.
    private const int Message = 200;

    // A string's object header, length, terminator and padding; all empty strings are one object.
    private const int String = 32;

    // A place in the array of headers.
    private const int Header = 16;

    /// <summary>Bounds what came in and nobody has taken.</summary>
    /// <exception cref="StationException"><see cref="StationFault.ProtocolError"/>: it costs more than 64 MiB beside its bodies.</exception>
    public static void RequireRoom(long untaken)
    {
        if (untaken > MaxUntaken)
        {
            throw new StationException(StationFault.ProtocolError, "The peer overfilled the inbox with more messages than it can hold, whose bodies are too small to count.");
        }
    }

    /// <summary>Of one that came in.</summary>
    public static long OfReceived(StationMessage message)
    {
        long cost = Message;
        for (int i = 0; i < message.Headers.Count; i++)
        {
            cost += Header + Of(message.Headers[i].Key) + Of(message.Headers[i].Value);
        }

        return cost;
    }

    /// <summary>What one that is sent costs the peer, at most: UTF-8 has at least a byte for each char of UTF-16.</summary>
    /// <param name="headers">How many headers it has.</param>
    /// <param name="headSize">What stands before its body (<see cref="MessageCodec.Measure"/>).</param>
    public static long OfSent(int headers, int headSize) => Message + (headers * (Header + (2L * String))) + ((long)sizeof(char) * (headSize - MessageCodec.FixedSize));

    private static long Of(string text) => text.Length == 0 ? 0 : String + ((long)sizeof(char) * text.Length);
}
