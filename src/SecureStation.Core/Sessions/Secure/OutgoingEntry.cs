using SecureStation.Core.Messages;

namespace SecureStation.Core.Sessions.Secure;

/// <summary>A message in the outbox: its id and the size of what stands before its body in its first frame.</summary>
internal readonly record struct OutgoingEntry(OutgoingMessage Message, ulong Id, int HeadSize)
{
    // The message, its body's array, its place in the outbox; a pair of strings and its place among the headers.
    private const int BytesPerMessage = 160;
    private const int BytesPerHeader = 64;

    public int BodyLength => Message.Body.Length;

    /// <summary>What the message takes of this process's memory, in bytes, near enough.</summary>
    public long Cost => MeasureCost(Message);

    public static long MeasureCost(OutgoingMessage message)
    {
        long cost = BytesPerMessage + message.Body.Length;
        for (int i = 0; i < message.Headers.Count; i++)
        {
            cost += BytesPerHeader + (2L * (message.Headers[i].Key.Length + message.Headers[i].Value.Length));
        }

        return cost;
    }
}
