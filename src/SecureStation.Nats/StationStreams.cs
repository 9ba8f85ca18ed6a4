using System.Globalization;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using SecureStation.Core.Mailboxes;

namespace SecureStation.Nats;

/// <summary>The five streams of a mailbox, what each must be like, and why.</summary>
/// <remarks>
/// <code>
/// STATION            station.mail.BOX            mail: a work queue, each letter until it is acknowledged
/// STATION_DEAD       station.dead.BOX            dead letters: a work queue that drops the oldest
/// STATION_PART       station.part.BOX.NAME.N     pieces of what is larger than a message
/// KV_STATION_ID      $KV.STATION_ID.BOX.KEY      what was given out
/// KV_STATION_CARD    $KV.STATION_CARD.BOX        cards
/// </code>
/// </remarks>
internal static class StationStreams
{
    public const string Mail = "STATION";
    public const string Dead = "STATION_DEAD";
    public const string Parts = "STATION_PART";
    public const string Records = "KV_STATION_ID";
    public const string Cards = "KV_STATION_CARD";

    /// <summary>The longest life of mail.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromDays(30);

    private const int Quota = 100_000;
    private const int StreamNotFound = 10059;

    public static string MailSubject(string box) => "station.mail." + box;

    public static string DeadSubject(string box) => "station.dead." + box;

    public static string PartSubject(string box, string name, int part) => string.Create(CultureInfo.InvariantCulture, $"station.part.{box}.{name}.{part}");

    public static string RecordSubject(string box, MailRecordKey key) => $"$KV.STATION_ID.{box}.{key.Text}";

    public static string CardSubject(string box) => "$KV.STATION_CARD." + box;

    /// <summary>Makes the streams that are missing.</summary>
    /// <exception cref="Core.StationException"><see cref="Core.StationFault.MailboxUnavailable"/>: one is there and is another.</exception>
    public static async Task CreateAsync(NatsServer server, MailboxOptions options, CancellationToken cancellationToken)
    {
        foreach (StreamConfig wanted in All(options))
        {
            StreamConfig? found = await FindAsync(server, wanted.Name!, cancellationToken).ConfigureAwait(false);
            if (found is null)
            {
                await server.DoAsync($"$JS.API.STREAM.CREATE.{wanted.Name}", (js, token) => js.CreateStreamAsync(wanted, token), cancellationToken).ConfigureAwait(false);
            }
            else
            {
                Require(server, wanted, found);
            }
        }
    }

    /// <summary>Looks whether the mail's stream keeps what it must. Clients mostly have no right to ask; then it is the administrator's word.</summary>
    public static async Task CheckAsync(NatsServer server, MailboxOptions options, CancellationToken cancellationToken)
    {
        StreamConfig wanted = All(options).First();
        StreamConfig? found;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(2));
        try
        {
            found = await FindAsync(server, wanted.Name!, patience.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or Core.StationException && !cancellationToken.IsCancellationRequested)
        {
            return;
        }

        Require(server, wanted, found ?? throw server.Unavailable($"it has no stream {wanted.Name}. Its administrator makes it once: Connect-StationMailbox {server.Address} -Create."));
    }

    private static IEnumerable<StreamConfig> All(MailboxOptions options) =>
    [

        // The default, discard old, would drop mail that was acknowledged. Deduplication is by the stream, so ids are random for each copy.
        new StreamConfig(Mail, ["station.mail.*"])
        {
            Retention = StreamConfigRetention.Workqueue,
            Discard = StreamConfigDiscard.New,
            DiscardNewPerSubject = true,
            MaxMsgsPerSubject = Quota,
            MaxAge = Life,
            DenyPurge = true,
            DenyDelete = true,
            NumReplicas = options.Replicas,
        },
        new StreamConfig(Dead, ["station.dead.*"])
        {
            Retention = StreamConfigRetention.Workqueue,
            Discard = StreamConfigDiscard.Old,
            MaxMsgsPerSubject = options.MaxDead,
            MaxAge = Life,
            NumReplicas = options.Replicas,
        },

        // Two days longer than mail, on the same clock: what the mail names is there as long as the mail.
        Latest(Parts, "station.part.*.*.*", Life + TimeSpan.FromDays(2), options),
        Latest(Records, "$KV.STATION_ID.>", Life + TimeSpan.FromDays(2), options),
        Latest(Cards, "$KV.STATION_CARD.>", TimeSpan.Zero, options),
    ];

    // What a key-value bucket of NATS is: the last message of each subject.
    private static StreamConfig Latest(string name, string subject, TimeSpan maxAge, MailboxOptions options) => new(name, [subject])
    {
        Retention = StreamConfigRetention.Limits,
        Discard = StreamConfigDiscard.Old,
        MaxMsgsPerSubject = 1,
        MaxAge = maxAge,
        AllowDirect = true,
        NumReplicas = options.Replicas,
    };

    private static async Task<StreamConfig?> FindAsync(NatsServer server, string name, CancellationToken cancellationToken) =>
        await server.DoAsync(
            $"$JS.API.STREAM.INFO.{name}",
            async (js, token) =>
            {
                try
                {
                    return (await js.GetStreamAsync(name, cancellationToken: token).ConfigureAwait(false)).Info.Config;
                }
                catch (NatsJSApiException e) when (e.Error.ErrCode == StreamNotFound)
                {
                    return null;
                }
            },
            cancellationToken).ConfigureAwait(false);

    private static void Require(NatsServer server, StreamConfig wanted, StreamConfig found)
    {
        (string What, object? Wanted, object? Found)[] all =
        [
            ("subjects", string.Join(' ', wanted.Subjects ?? []), string.Join(' ', found.Subjects ?? [])),
            ("retention", wanted.Retention, found.Retention),
            ("storage", StreamConfigStorage.File, found.Storage),
            ("discard", wanted.Discard, found.Discard),
            ("discard_new_per_subject", wanted.DiscardNewPerSubject, found.DiscardNewPerSubject),
            ("max_age", wanted.MaxAge, found.MaxAge),
            ("deny_purge", wanted.DenyPurge, found.DenyPurge),
            ("deny_delete", wanted.DenyDelete, found.DenyDelete),
            ("allow_direct", wanted.AllowDirect, found.AllowDirect),

            // How many letters a box may hold is the administrator's choice; that there is a bound is not.
            ("max_msgs_per_subject", wanted.MaxMsgsPerSubject == 1 ? 1L : "a bound", wanted.MaxMsgsPerSubject == 1 || found.MaxMsgsPerSubject <= 0 ? found.MaxMsgsPerSubject : "a bound"),
        ];
        string[] differences = [.. all.Where(one => !Equals(one.Wanted, one.Found)).Select(one => $"{one.What} is {one.Found}, not {one.Wanted}")];
        if (differences.Length > 0)
        {
            throw server.Unavailable($"its stream {wanted.Name} has another configuration: {string.Join("; ", differences)}. Mail could be lost in it.");
        }
    }
}
