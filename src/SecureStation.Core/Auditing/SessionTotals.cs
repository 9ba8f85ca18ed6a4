using System.Collections.Concurrent;

namespace SecureStation.Core.Auditing;

/// <summary>
/// The sums over all sessions of the process, those that have ended included. A session counts for itself alone, so that messages of different sessions
/// meet nowhere; the sums are made when somebody asks.
/// </summary>
internal static class SessionTotals
{
    private static readonly ConcurrentDictionary<IMessageCounts, byte> s_open = new();
    private static readonly Ended s_ended = new();

    /// <summary>Sessions that are open.</summary>
    public static int Open => s_open.Count;

    public static long MessagesSent => Sum(static session => session.MessagesSent, s_ended.MessagesSent);

    public static long MessagesReceived => Sum(static session => session.MessagesReceived, s_ended.MessagesReceived);

    public static long BytesSent => Sum(static session => session.BytesSent, s_ended.BytesSent);

    public static long BytesReceived => Sum(static session => session.BytesReceived, s_ended.BytesReceived);

    /// <summary>A session has begun.</summary>
    public static void Add(IMessageCounts session) => s_open.TryAdd(session, 0);

    /// <summary>It has ended: its counts stay, it does not. False: it had ended before, or never begun.</summary>
    public static bool Remove(IMessageCounts session)
    {
        if (!s_open.TryRemove(session, out _))
        {
            return false;
        }

        s_ended.Add(session);
        return true;
    }

    private static long Sum(Func<IMessageCounts, long> count, long ended) => ended + s_open.Keys.Sum(count);

    private sealed class Ended
    {
        private long _messagesSent;
        private long _messagesReceived;
        private long _bytesSent;
        private long _bytesReceived;

        public long MessagesSent => Interlocked.Read(ref _messagesSent);

        public long MessagesReceived => Interlocked.Read(ref _messagesReceived);

        public long BytesSent => Interlocked.Read(ref _bytesSent);

        public long BytesReceived => Interlocked.Read(ref _bytesReceived);

        public void Add(IMessageCounts session)
        {
            Interlocked.Add(ref _messagesSent, session.MessagesSent);
            Interlocked.Add(ref _messagesReceived, session.MessagesReceived);
            Interlocked.Add(ref _bytesSent, session.BytesSent);
            Interlocked.Add(ref _bytesReceived, session.BytesReceived);
        }
    }
}
