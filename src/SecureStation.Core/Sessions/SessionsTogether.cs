using System.Diagnostics.CodeAnalysis;

namespace SecureStation.Core.Sessions;

/// <summary>Receives from several sessions as from one: the oldest message first.</summary>
internal static class SessionsTogether
{
    /// <summary>Takes the oldest message, waiting for it.</summary>
    /// <exception cref="StationException">All of them have ended and are empty: the reason of the first.</exception>
    public static async Task<StationMessage> ReceiveAsync(IReadOnlyCollection<StationSession> sessions, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Task arrival = ArmAll(sessions);

            // Ended is read before the inbox: a message can come before an end, not after one.
            bool allEnded = sessions.All(static session => session.Inbox.HasEnded);
            if (TryTakeOldest(sessions, out StationMessage? message))
            {
                return message;
            }

            if (allEnded)
            {
                throw sessions.First().CreateEndException();
            }

            await arrival.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Takes the oldest message of several sessions if there is one.</summary>
    private static bool TryTakeOldest(IEnumerable<StationSession> sessions, [NotNullWhen(true)] out StationMessage? message)
    {
        while (true)
        {
            StationSession? oldest = null;
            long arrival = long.MaxValue;
            foreach (StationSession session in sessions)
            {
                if (session.Inbox.OldestArrival < arrival)
                {
                    arrival = session.Inbox.OldestArrival;
                    oldest = session;
                }
            }

            if (oldest is null)
            {
                message = null;
                return false;
            }

            // Another caller may have been quicker: look again.
            if (oldest.Inbox.TryTake(out message))
            {
                return true;
            }
        }
    }

    private static Task<Task> ArmAll(IReadOnlyCollection<StationSession> sessions) =>
        Task.WhenAny(sessions.Where(static session => !session.Inbox.HasEnded).Select(static session => session.Inbox.Signal.Arm()).DefaultIfEmpty(Task.CompletedTask));
}
