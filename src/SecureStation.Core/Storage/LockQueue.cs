using System.Globalization;
using System.Security.Cryptography;

namespace SecureStation.Core.Storage;

/// <summary>
/// Gives a <see cref="LockFile"/> to those who want it in the order in which they came, across threads and processes. Whoever waits holds a ticket:
/// <code>
/// QUEUE/NUMBER-RANDOM      an empty file, locked by the waiter; NUMBER is one more than the highest that was there (16 hex digits)
/// </code>
/// The queue is courtesy, the lock alone excludes. So a ticket whose owner died (nobody has it locked) is taken away by the next in line,
/// and one whose owner sleeps (SIGSTOP) holds up nobody for longer than some seconds.
/// </summary>
internal static class LockQueue
{
    private const int LookForDeadAfter = 100;
    private const int PassAfter = 3000;
    private const int Patiences = 10;

    /// <summary>Waits for the lock. Disposing the stream releases it.</summary>
    /// <param name="path">The lock file.</param>
    /// <param name="queue">The directory of the tickets, made where it is missing.</param>
    /// <param name="patience">How long to wait while nobody gets on; ten times that in all.</param>
    /// <exception cref="StationException"><see cref="StationFault.StorageFailed"/>: it took longer, or is not possible at all.</exception>
    public static FileStream Acquire(string path, string queue, TimeSpan patience)
    {
        using FileStream ticket = TakeTicket(queue);
        string mine = Path.GetFileName(ticket.Name);
        long start = Environment.TickCount64, moved = start, headSince = start, lookedForDead = start;
        string head = mine, seen = string.Empty;
        while (true)
        {
            string[] tickets = [.. Tickets(queue).Order(StringComparer.Ordinal)];
            int ahead = tickets.Count(name => string.CompareOrdinal(name, mine) < 0);
            long now = Environment.TickCount64;
            if (string.Concat(tickets) is var all && all != seen)
            {
                seen = all;
                moved = now;
            }

            if (ahead > 0 && tickets[0] != head)
            {
                head = tickets[0];
                headSince = now;
            }

            if ((ahead == 0 || now - headSince > PassAfter) && LockFile.TryAcquire(path, FileMode.OpenOrCreate) is { } held)
            {
                return held;
            }

            if (now - moved > patience.TotalMilliseconds || now - start > Patiences * patience.TotalMilliseconds)
            {
                throw LockFile.StillHeld(path, TimeSpan.FromMilliseconds(now - start));
            }

            if (ahead > 0 && now - headSince > LookForDeadAfter && now - lookedForDead > LookForDeadAfter)
            {
                lookedForDead = now;
                RemoveIfDead(Path.Combine(queue, head));
            }

            Thread.Sleep(Math.Clamp(2 * ahead, 1, 20));
        }
    }

    private static FileStream TakeTicket(string queue)
    {
        StorageErrors.Map(queue, () => PrivateFolder.Create(queue));
        while (true)
        {
            long last = Tickets(queue).Select(Number).DefaultIfEmpty(0).Max();
            string name = $"{last + 1:x16}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";

            // Null: made, but somebody who looks for tickets of the dead was quicker to lock it, and deletes it.
            if (LockFile.TryAcquire(Path.Combine(queue, name), FileMode.CreateNew, deleteOnClose: true) is { } ticket)
            {
                return ticket;
            }
        }
    }

    private static void RemoveIfDead(string ticket)
    {
        try
        {
            LockFile.TryAcquire(ticket, FileMode.Open, deleteOnClose: true)?.Dispose();
        }
        catch (FileNotFoundException)
        {
            // Its owner has it back.
        }
    }

    private static IEnumerable<string> Tickets(string queue) =>
        StorageErrors.Map(queue, () => PrivateFolder.Files(queue, "*-*")).Select(static path => Path.GetFileName(path));

    private static long Number(string ticket) =>
        long.TryParse(ticket.AsSpan(0, Math.Min(16, ticket.Length)), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long number) && number is >= 0 and < long.MaxValue ? number : 0;
}
