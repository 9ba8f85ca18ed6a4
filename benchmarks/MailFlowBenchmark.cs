using System.Diagnostics;
using System.Globalization;
using SecureStation.Core.Keys;
using SecureStation.Core.Keys.Files;
using SecureStation.Core.Mailboxes;
using SecureStation.Core.Mailboxes.Engines;
using SecureStation.Core.Sealing;
using SecureStation.Core.Sealing.Cards;
using SecureStation.Endurance;

namespace SecureStation.Benchmarks;

/// <summary>
/// Mail through a folder and through NATS beside the same client with plain bodies (P): the same flushes, as many stream writes a message. Were sealing and
/// opening all that is added, mail would make 1/(1/P + their cost / cores); the bar is 0.6 of that. All three are measured by turns, after each has
/// run for a while: whichever came first would pay for the compiler, and one that was measured in a calm moment would be compared with a busy one.
/// </summary>
internal static class MailFlowBenchmark
{
    private const int Workers = 8;
    private const int Rounds = 5;
    private const int Seals = 200;
    private const double ToReach = 0.6;
    private static readonly byte[] s_body = new byte[1024];

    public static async Task<int> RunAsync(string[] arguments)
    {
        int count = arguments is [var text, ..] ? int.Parse(text, CultureInfo.InvariantCulture) : 1000;
        string folder = Directory.CreateTempSubdirectory("station-mailbox-").FullName;
        try
        {
            var store = new KeyStore(Path.Combine(folder, "keys"));
            using StationKeyPair alice = store.Save("alice", StationKeyPair.Generate());
            using StationKeyPair bob = store.Save("bob", StationKeyPair.Generate());
            var sealing = new SealingKeyStore(store);
            StationCard card = sealing.ExportCard(bob, "bob", default, DateTimeOffset.UtcNow);
            using StationSealingKeys keys = sealing.Load("bob", default);
            Console.WriteLine($"1 KiB, one hybrid recipient, Ed25519; {Environment.ProcessorCount} cores, {Workers} workers, {count:N0} messages; median of {Rounds} rounds");
            await MeasureAsync("folder", Path.Combine(folder, "mail"), count, alice, card, keys);
            if (NatsServerProcess.IsInstalled)
            {
                using NatsServerProcess server = NatsServerProcess.Start(Path.Combine(folder, "nats"));
                await MeasureAsync("nats", server.Address, count, alice, card, keys);
            }
            else
            {
                Console.WriteLine(NatsServerProcess.Missing);
            }

            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double MeasureSeal(StationKeyPair alice, StationCard card, StationSealingKeys keys)
    {
        var terms = new OpeningTerms { Identities = keys.ToIdentities(), FindSender = static _ => "alice" };
        SealingTerms Seal() => new() { Sender = alice, Recipients = [SealRecipient.Of(card, "bob", DateTimeOffset.UtcNow)], ExpiresAt = DateTimeOffset.UtcNow.AddDays(7) };
        void Once() => SealedMessage.Open(SealedMessage.SealCopies(Seal(), s_body)[0], terms);
        long began = Stopwatch.GetTimestamp();
        for (int i = 0; i < Seals; i++)
        {
            Once();
        }

        return Stopwatch.GetElapsedTime(began).TotalSeconds / Seals;
    }

    private static async Task MeasureAsync(string name, string address, int count, StationKeyPair alice, StationCard card, StationSealingKeys keys)
    {
        await using IStationMailbox mailbox = await MailboxEngines.ConnectAsync(address, new MailboxOptions { Create = true }, CancellationToken.None);
        var rounds = new List<Round>();
        for (int round = 0; round <= Rounds; round++)
        {
            double cost = MeasureSeal(alice, card, keys);
            double plain = await TimeAsync(count, () => PlainAsync(mailbox, card.Box, count));
            double mail = await TimeAsync(count, () => MailAsync(mailbox, alice, card, keys, count));
            if (round > 0)
            {
                rounds.Add(new Round(cost, plain, mail));
            }
        }

        double Median(Func<Round, double> figure) => rounds.Select(figure).Order().ElementAt(Rounds / 2);
        double share = Median(static round => round.Share);
        Console.WriteLine(
            $"{name,-8} plain {Median(static round => round.Plain),8:N0}/s   seal and open {Median(static round => round.Cost) * 1e6,6:N0} us   1/(1/P + cost/cores) {Median(static round => round.Ideal),8:N0}/s   "
            + $"sealed {Median(static round => round.Mail),8:N0}/s, {share:N2} of that (to reach: {ToReach}; {rounds.Min(static round => round.Share):N2} to {rounds.Max(static round => round.Share):N2})");
    }

    private readonly record struct Round(double Cost, double Plain, double Mail)
    {
        public double Ideal => 1 / ((1 / Plain) + (Cost / Environment.ProcessorCount));

        public double Share => Mail / Ideal;
    }

    private static async Task<double> TimeAsync(int count, Func<Task> work)
    {
        long began = Stopwatch.GetTimestamp();
        await work();
        return count / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    // What a message costs without sealing: put, take, record, done, remove.
    private static async Task PlainAsync(IStationMailbox mailbox, string box, int count)
    {
        IMailRecords records = mailbox.OpenRecords(box);
        DateTimeOffset expires = DateTimeOffset.UtcNow.AddDays(7);
        await EachAsync(count, _ => mailbox.PutAsync(box, new MailboxLetter(s_body, DateTimeOffset.UtcNow), isDurable: true, CancellationToken.None));
        await EachAsync(count, async i =>
        {
            MailLease lease = (await mailbox.TakeAsync(box, MailState.Waiting, TimeSpan.FromSeconds(30), CancellationToken.None))!;
            MailRecordKey key = MailRecordKey.Of(Guid.NewGuid().ToByteArray(), BitConverter.GetBytes(i));
            await records.OpenAsync(key, expires, CancellationToken.None);
            await records.MarkDoneAsync(key, expires, CancellationToken.None);
            await lease.CompleteAsync(CancellationToken.None);
        });
    }

    private static async Task MailAsync(IStationMailbox mailbox, StationKeyPair alice, StationCard card, StationSealingKeys keys, int count)
    {
        var sender = new MailboxSender(mailbox);
        SealRecipient[] recipients = [SealRecipient.Of(card, "bob", DateTimeOffset.UtcNow)];
        await EachAsync(count, _ => sender.SendAsync(new OutgoingMail { Sender = alice, Recipients = recipients, Kind = SealedKind.Bytes, Body = s_body }, isDurable: true, CancellationToken.None));
        int left = count;
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => Task.Run(async () =>
        {
            await using var receiver = new MailboxReceiver(mailbox, new MailReaderTerms { Box = card.Box, Identities = keys.ToIdentities(), HasNewestKeys = true, FindSender = static _ => "alice" });
            while (Interlocked.Decrement(ref left) >= 0)
            {
                await (await receiver.ReceiveAsync(isMoreWanted: false, TimeSpan.FromSeconds(30), CancellationToken.None))!.ConfirmAsync(CancellationToken.None);
            }
        })));
    }

    private static Task EachAsync(int count, Func<int, Task> work) =>
        Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = Workers }, async (i, _) => await work(i));
}
