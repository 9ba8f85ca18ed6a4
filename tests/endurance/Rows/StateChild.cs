using System.Globalization;
using SecureStation.Core;
using SecureStation.Core.Connecting;
using SecureStation.Core.Keys;
using SecureStation.Core.Keys.Files;
using SecureStation.Core.Listening;
using SecureStation.Core.Sessions;
using SecureStation.Core.State;
using SecureStation.Core.Trust;

namespace SecureStation.Endurance.Rows;

/// <summary>
/// A process of <see cref="StateRow"/>: child state-server FOLDER, child state-client FOLDER PORT FINGERPRINT. It sends numbers up to a goal that stands in a
/// file, notes which were accepted and what it is given, and goes on where an earlier one was killed.
/// </summary>
internal static class StateChild
{
    public const string Server = "state-server";
    public const string Client = "state-client";

    /// <summary>The goal that ends it.</summary>
    public const long Over = -1;

    private static readonly StationLimits s_limits = StationLimits.Default with { HandshakeTimeout = TimeSpan.FromSeconds(100), MaxResumesPerSecond = 100 };

    public static string KeyOf(string folder, string kind) => Path.Combine(folder, kind + ".pem");

    public static string StateOf(string folder, string kind) => Path.Combine(folder, kind + ".state");

    public static string LogOf(string folder, string kind) => Path.Combine(folder, kind + ".log");

    public static void SetGoal(string folder, long goal)
    {
        // Whole or not there: the children read it at any time.
        string next = GoalOf(folder) + ".next";
        File.WriteAllText(next, goal.ToString(CultureInfo.InvariantCulture));
        File.Move(next, GoalOf(folder), overwrite: true);
    }

    public static async Task<int> ListenAsync(string[] arguments)
    {
        string folder = arguments[0];
        using StationKeyPair key = KeyFile.ReadPrivate(KeyOf(folder, Server));
        using StationState state = StationState.Open(StateOf(folder, Server), key.Fingerprint);
        await using StationListener listener = StationListener.Start(
            new StationListenerOptions { KeyPair = key, Trust = new ListenerTrust { Mode = TrustMode.Any }, State = state, Limits = s_limits });
        Console.WriteLine(listener.Port);
        StationSession session = listener.Sessions is [{ } kept] ? kept : await listener.AcceptAsync();
        await TalkAsync(session, folder, Server);
        while (session.EndReason is null)
        {
            await Task.Delay(10);
        }

        return 0;
    }

    public static async Task<int> ConnectAsync(string[] arguments)
    {
        string folder = arguments[0];
        using StationKeyPair key = KeyFile.ReadPrivate(KeyOf(folder, Client));
        using StationState state = StationState.Open(StateOf(folder, Client), key.Fingerprint);
        StationSession session = await StationClient.ConnectAsync(new StationClientOptions
        {
            Host = "127.0.0.1",
            Port = int.Parse(arguments[1], CultureInfo.InvariantCulture),
            KeyPair = key,
            Trust = new ClientTrust { ExpectedFingerprint = Fingerprint.Parse(arguments[2]) },
            Reconnect = true,
            State = state,
            Limits = s_limits,
        });
        await TalkAsync(session, folder, Client);
        while (session.State == StationSessionState.Reconnecting)
        {
            await Task.Delay(10);
        }

        await session.CloseAsync();
        return session.MessagesUndelivered == 0 ? 0 : throw new InvalidOperationException($"{session.MessagesUndelivered} messages are undelivered.");
    }

    private static async Task TalkAsync(StationSession session, string folder, string kind)
    {
        RequireSameSession(session, folder);
        using var stop = new CancellationTokenSource();
        Task receiving = ReceiveAsync(session, LogOf(folder, kind), stop.Token);
        Task sending = SendAsync(session, folder, kind);
        await await Task.WhenAny(receiving, sending);
        await stop.CancelAsync();
        await receiving;
    }

    private static async Task SendAsync(StationSession session, string folder, string kind)
    {
        using var accepted = new AcceptedNumber(Path.Combine(folder, kind + ".accepted"));

        // What the state has counts as sent, whether this process's predecessor was told so or not.
        long number = session.MessagesSent;
        if (number < accepted.Value)
        {
            throw new InvalidOperationException($"Message {accepted.Value} was accepted, and the state has {number}.");
        }

        while (await WaitForGoalAsync(folder, number) is not Over and var goal)
        {
            while (number < goal)
            {
                await session.SendAsync(NumberedMessages.Make(++number));
                accepted.Value = number;
            }
        }

        await session.WaitDeliveredAsync((ulong)number);
    }

    private static async Task ReceiveAsync(StationSession session, string path, CancellationToken stop)
    {
        using var log = new NumberLogWriter(path);
        try
        {
            while (true)
            {
                StationMessage message = await session.ReceiveAsync(stop);
                log.Note(NumberedMessages.Read(message), message.Redelivered);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or StationException { Fault: StationFault.SessionClosed })
        {
            // The end.
        }
    }

    private static async Task<long> WaitForGoalAsync(string folder, long reached)
    {
        while (true)
        {
            long goal = File.Exists(GoalOf(folder)) ? long.Parse(await File.ReadAllTextAsync(GoalOf(folder)), CultureInfo.InvariantCulture) : 0;
            if (goal == Over || goal > reached)
            {
                return goal;
            }

            await Task.Delay(10);
        }
    }

    // All rounds are one session: another would have other numbers.
    private static void RequireSameSession(StationSession session, string folder)
    {
        string path = Path.Combine(folder, "session");
        if (!File.Exists(path))
        {
            File.WriteAllText(path, session.Id);
        }
        else if (File.ReadAllText(path) is { Length: > 0 } known && known != session.Id)
        {
            throw new InvalidOperationException($"It is another session, {session.Id} after {known}.");
        }
    }

    private static string GoalOf(string folder) => Path.Combine(folder, "goal");
}
