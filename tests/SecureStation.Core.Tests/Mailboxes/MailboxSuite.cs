using System.Security.Cryptography;
using SecureStation.Core.Mailboxes;

namespace SecureStation.Core.Tests.Mailboxes;

/// <summary>What every engine keeps: the same tests run against the folder, NATS and the simulated mailbox.</summary>
public abstract class MailboxSuite
{
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(60);

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected static string Box { get; } = "abcdefghijklmnopqrstuvwxyz234567";

    private static readonly string s_otherBox = "777777777777777777777777777777zz";

    /// <summary>Another way to the mailbox of this test; the first call makes it.</summary>
    protected abstract Task<IStationMailbox> OpenAsync(TimeSpan lease);

    protected Task<IStationMailbox> OpenAsync() => OpenAsync(TimeSpan.FromSeconds(30));

    protected static MailboxLetter Letter(string text) => new(System.Text.Encoding.UTF8.GetBytes(text), DateTimeOffset.UtcNow);

    protected static string Text(MailLease lease) => System.Text.Encoding.UTF8.GetString(lease.Body.Span);

    protected static async Task<MailLease> TakeAsync(IStationMailbox mailbox, MailState state = MailState.Waiting) =>
        await mailbox.TakeAsync(Box, state, s_long, Token) ?? throw new TimeoutException("No letter came.");

    [Fact]
    public async Task Gives_a_letter_as_it_was_put_and_never_again_once_it_is_completed()
    {
        await using IStationMailbox mailbox = await OpenAsync();
        byte[] body = RandomNumberGenerator.GetBytes(100_000);
        await mailbox.PutAsync(Box, new MailboxLetter(body, DateTimeOffset.UtcNow), isDurable: true, Token);

        MailLease lease = await TakeAsync(mailbox);
        Assert.Equal(body, lease.Body.ToArray());
        Assert.Null(lease.Reason);
        await lease.CompleteAsync(Token);

        Assert.Null(await mailbox.TakeAsync(Box, MailState.Waiting, TimeSpan.Zero, Token));
        Assert.Equal(new MailboxCounts(0, 0, 0), await mailbox.CountAsync(Box, Token));
        await Assert.ThrowsAsync<StationException>(() => lease.CompleteAsync(Token));
    }

    [Fact]
    public async Task Keeps_boxes_apart()
    {
        await using IStationMailbox mailbox = await OpenAsync();
        await mailbox.PutAsync(s_otherBox, Letter("other"), isDurable: false, Token);
        Assert.Null(await mailbox.TakeAsync(Box, MailState.Waiting, TimeSpan.Zero, Token));
        Assert.Equal("other", Text((await mailbox.TakeAsync(s_otherBox, MailState.Waiting, s_long, Token))!));
    }

    [Fact]
    public async Task Gives_each_letter_to_one_of_many_who_take_at_once()
    {
        const int Count = 60;
        IStationMailbox[] consumers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => OpenAsync()));
        for (int i = 0; i < Count; i++)
        {
            await consumers[0].PutAsync(Box, Letter($"{i}"), isDurable: false, Token);
        }

        string[][] taken = await Task.WhenAll(consumers.Select(consumer => Task.Run(async () =>
        {
            var mine = new List<string>();
            while (await consumer.TakeAsync(Box, MailState.Waiting, TimeSpan.FromMilliseconds(300), Token) is { } lease)
            {
                mine.Add(Text(lease));
                await lease.CompleteAsync(Token);
            }

            return mine.ToArray();
        })));

        Assert.Equal(Enumerable.Range(0, Count).Select(i => $"{i}").Order(StringComparer.Ordinal), taken.SelectMany(one => one).Order(StringComparer.Ordinal));
        await DisposeAsync(consumers);
    }

    [Fact]
    public async Task Gives_a_letter_again_that_was_given_back()
    {
        await using IStationMailbox mailbox = await OpenAsync();
        await mailbox.PutAsync(Box, Letter("again"), isDurable: false, Token);
        await (await TakeAsync(mailbox)).ReturnAsync(TimeSpan.Zero, Token);
        Assert.Equal("again", Text(await TakeAsync(mailbox)));
    }

    [Fact]
    public async Task Does_not_give_a_letter_at_once_that_was_given_back_with_a_delay()
    {
        await using IStationMailbox mailbox = await OpenAsync();
        await mailbox.PutAsync(Box, Letter("later"), isDurable: false, Token);
        await (await TakeAsync(mailbox)).ReturnAsync(TimeSpan.FromMinutes(5), Token);
        await mailbox.PutAsync(Box, Letter("now"), isDurable: false, Token);

        Assert.Equal("now", Text(await TakeAsync(mailbox)));
        Assert.Null(await mailbox.TakeAsync(Box, MailState.Waiting, TimeSpan.Zero, Token));
    }

    [Fact]
    public async Task Keeps_dead_letters_with_their_reason_until_somebody_decides()
    {
        await using IStationMailbox mailbox = await OpenAsync();
        await mailbox.PutAsync(Box, Letter("one"), isDurable: false, Token);
        await mailbox.PutAsync(Box, Letter("two"), isDurable: false, Token);
        await (await TakeAsync(mailbox)).BuryAsync("SealBroken", Token);
        await (await TakeAsync(mailbox)).BuryAsync("PeerUntrusted", Token);
        Assert.Equal(new MailboxCounts(0, 0, 2), await mailbox.CountAsync(Box, Token));

        var dead = new List<MailLease> { await TakeAsync(mailbox, MailState.Dead), await TakeAsync(mailbox, MailState.Dead) };
        Assert.Equal(["PeerUntrusted", "SealBroken"], dead.Select(one => one.Reason!).Order(StringComparer.Ordinal));
        await dead.Single(one => one.Reason == "SealBroken").CompleteAsync(Token);
        MailLease back = dead.Single(one => one.Reason == "PeerUntrusted");
        string text = Text(back);
        await back.ReturnAsync(TimeSpan.Zero, Token);

        Assert.Null(await mailbox.TakeAsync(Box, MailState.Dead, TimeSpan.Zero, Token));
        MailLease mail = await TakeAsync(mailbox);
        Assert.Equal(text, Text(mail));
        Assert.Null(mail.Reason);
    }

    [Fact]
    public async Task Leaves_a_dead_letter_dead_that_was_taken_and_given_back_unread()
    {
        await using IStationMailbox mailbox = await OpenAsync();
        await mailbox.PutAsync(Box, Letter("poison"), isDurable: false, Token);
        await (await TakeAsync(mailbox)).BuryAsync("SealBroken", Token);
        await (await TakeAsync(mailbox, MailState.Dead)).ReleaseAsync(Token);
        Assert.Null(await mailbox.TakeAsync(Box, MailState.Waiting, TimeSpan.Zero, Token));
        MailLease again = await TakeAsync(mailbox, MailState.Dead);
        Assert.Equal(("poison", "SealBroken"), (Text(again), again.Reason));
        await again.CompleteAsync(Token);

        await mailbox.PutAsync(Box, Letter("mail"), isDurable: false, Token);
        await (await TakeAsync(mailbox)).ReleaseAsync(Token);
        Assert.Equal("mail", Text(await TakeAsync(mailbox)));
    }

    [Fact]
    public async Task Gives_a_letter_to_another_when_its_holder_stalls()
    {
        await using IStationMailbox stalled = await OpenAsync(TimeSpan.FromSeconds(1));
        await using IStationMailbox other = await OpenAsync(TimeSpan.FromSeconds(1));
        await stalled.PutAsync(Box, Letter("work"), isDurable: false, Token);
        MailLease lost = await TakeAsync(stalled);

        MailLease taken = await TakeAsync(other);
        Assert.Equal("work", Text(taken));
        foreach (Func<Task> act in (Func<Task>[])[() => lost.CompleteAsync(Token), () => lost.ReturnAsync(TimeSpan.Zero, Token), () => lost.BuryAsync("Any", Token), () => lost.RenewAsync(Token)])
        {
            Assert.Equal(StationFault.LeaseLost, (await Assert.ThrowsAsync<StationException>(act)).Fault);
        }

        Assert.False(lost.IsHeld);
        MailboxCounts counts = await other.CountAsync(Box, Token);
        Assert.Equal((0, 1), (counts.Waiting + counts.Leased - 1, counts.Leased + counts.Waiting));
    }

    [Fact]
    public async Task Leaves_a_letter_to_a_holder_that_renews()
    {
        TimeSpan lease = TimeSpan.FromSeconds(3);
        await using IStationMailbox mailbox = await OpenAsync(lease);
        await using IStationMailbox other = await OpenAsync(lease);

        // A machine that stood still for as long as the lease has proved nothing: then once more.
        while (!await TryHoldAsync(mailbox, other))
        {
        }
    }

    // False: this process was held up for so long that the letter was given to the other, as it should be.
    private static async Task<bool> TryHoldAsync(IStationMailbox mailbox, IStationMailbox other)
    {
        await mailbox.PutAsync(Box, Letter("work"), isDurable: false, Token);
        MailLease held = await TakeAsync(mailbox);
        long began = Environment.TickCount64, renewed = began;
        bool IsLate() => Environment.TickCount64 - renewed > 2000;
        while (Environment.TickCount64 - began < 4500)
        {
            try
            {
                await held.RenewAsync(Token);
            }
            catch (StationException e) when (e.Fault == StationFault.LeaseLost && IsLate())
            {
                await (await TakeAsync(mailbox)).CompleteAsync(Token);
                return false;
            }

            bool wasLate = IsLate();
            renewed = Environment.TickCount64;
            if (await other.TakeAsync(Box, MailState.Waiting, TimeSpan.FromMilliseconds(250), Token) is { } taken)
            {
                Assert.True(wasLate || IsLate(), "The letter was given to another while its holder renewed it.");
                await taken.CompleteAsync(Token);
                return false;
            }
        }

        await held.CompleteAsync(Token);
        return true;
    }

    [Theory]
    [InlineData(MailState.Waiting)]
    [InlineData(MailState.Dead)]
    public async Task Gives_a_letter_at_once_that_comes_when_a_wait_has_ended(MailState state)
    {
        await using IStationMailbox mailbox = await OpenAsync();
        foreach (MailState waited in (MailState[])[MailState.Waiting, MailState.Dead])
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
            Task<MailLease?> ended = mailbox.TakeAsync(Box, waited, Timeout.InfiniteTimeSpan, stop.Token);
            await Task.Delay(200, Token);
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ended.WaitAsync(s_long, Token));
        }

        // Whoever waited is there no more; what was asked for it must not keep the letter for its lease's time, half a minute.
        await mailbox.PutAsync(Box, Letter("work"), isDurable: false, Token);
        MailLease lease = await AtOnceAsync(MailState.Waiting);
        if (state == MailState.Dead)
        {
            await lease.BuryAsync("Any", Token);
            await (await AtOnceAsync(MailState.Dead)).ReturnAsync(TimeSpan.Zero, Token);
            lease = await AtOnceAsync(MailState.Waiting);
        }

        await lease.CompleteAsync(Token);

        async Task<MailLease> AtOnceAsync(MailState from) =>
            await mailbox.TakeAsync(Box, from, TimeSpan.FromSeconds(15), Token) ?? throw new TimeoutException("The letter did not come.");
    }

    [Fact]
    public async Task Lets_one_of_many_make_a_record()
    {
        IStationMailbox[] consumers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => OpenAsync()));
        MailRecordKey key = MailRecordKey.Of(RandomNumberGenerator.GetBytes(32), RandomNumberGenerator.GetBytes(16));
        DateTimeOffset expires = DateTimeOffset.UtcNow.AddDays(7);

        MailRecord[] opened = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => consumers[i % 4].OpenRecords(Box).OpenAsync(key, expires, Token))));
        Assert.Single(opened, record => record.IsNew);
        Assert.DoesNotContain(opened, record => record.IsDone);
        await DisposeAsync(consumers);
    }

    [Fact]
    public async Task Counts_attempts_and_remembers_what_is_done()
    {
        await using IStationMailbox mailbox = await OpenAsync();
        IMailRecords records = mailbox.OpenRecords(Box);
        MailRecordKey key = MailRecordKey.Of(RandomNumberGenerator.GetBytes(32), RandomNumberGenerator.GetBytes(16));
        DateTimeOffset expires = DateTimeOffset.UtcNow.AddDays(7);

        Assert.Null(await records.FindAsync(key, expires, Token));
        Assert.Equal((true, 1), await Open());
        Assert.Equal(1, (await records.FindAsync(key, expires, Token))!.Value.Attempts);
        MailRecord again = await records.OpenAsync(key, expires, Token);
        Assert.Equal((false, false, 1), (again.IsNew, again.IsDone, again.Attempts));
        await records.CountAttemptAsync(key, expires, again, Token);
        Assert.Equal((false, 2), await Open());
        await records.ResetAsync(key, expires, Token);
        Assert.Equal((false, 0), await Open());
        await records.MarkDoneAsync(key, expires, Token);
        Assert.True((await records.OpenAsync(key, expires, Token)).IsDone);

        // One who read the record before it was done does not undo that.
        await records.CountAttemptAsync(key, expires, again, Token);
        Assert.True((await records.OpenAsync(key, expires, Token)).IsDone);

        async Task<(bool, int)> Open()
        {
            MailRecord record = await records.OpenAsync(key, expires, Token);
            return (record.IsNew, record.Attempts);
        }
    }

    [Fact]
    public async Task Keeps_the_last_card_of_a_box()
    {
        await using IStationMailbox mailbox = await OpenAsync();
        Assert.Null(await mailbox.FindCardAsync(Box, Token));
        await mailbox.PutCardAsync(Box, "first"u8.ToArray(), Token);
        await mailbox.PutCardAsync(Box, "second"u8.ToArray(), Token);
        Assert.Equal("second"u8.ToArray(), await mailbox.FindCardAsync(Box, Token));
        Assert.Null(await mailbox.FindCardAsync(s_otherBox, Token));
    }

    [Fact]
    public async Task Keeps_objects_that_are_larger_than_a_letter()
    {
        await using IStationMailbox mailbox = await OpenAsync();
        Assert.SkipWhen(mailbox.Objects is null, "A folder takes letters of any size.");
        byte[] content = RandomNumberGenerator.GetBytes(3_000_000);
        await mailbox.Objects!.PutAsync(Box, "0123456789abcdef", content, Token);
        Assert.Equal(content, await mailbox.Objects.FindAsync(Box, "0123456789abcdef", content.Length, Token));
        Assert.Null(await mailbox.Objects.FindAsync(Box, "fedcba9876543210", content.Length, Token));
        await mailbox.Objects.RemoveAsync(Box, "0123456789abcdef", content.Length, Token);
        Assert.Null(await mailbox.Objects.FindAsync(Box, "0123456789abcdef", content.Length, Token));
    }

    [Fact]
    public async Task Wakes_who_waits_when_a_letter_comes()
    {
        await using IStationMailbox mailbox = await OpenAsync();
        await using IStationMailbox sender = await OpenAsync();
        Task<MailLease> waiting = TakeAsync(mailbox);
        await sender.PutAsync(Box, Letter("hello"), isDurable: true, Token);
        Assert.Equal("hello", Text(await waiting));
    }

    [Fact]
    public async Task Ends_a_wait_with_its_token()
    {
        await using IStationMailbox mailbox = await OpenAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        Task<MailLease?> waiting = mailbox.TakeAsync(Box, MailState.Waiting, Timeout.InfiniteTimeSpan, stop.Token);
        stop.CancelAfter(200);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(s_long, Token));
    }

    [Fact]
    public async Task Refuses_what_is_too_large_and_what_is_no_box()
    {
        await using IStationMailbox mailbox = await OpenAsync();
        var large = new MailboxLetter(new byte[mailbox.MaxLetter + 1], DateTimeOffset.UtcNow);
        Assert.Equal(StationFault.MessageTooLarge, (await Assert.ThrowsAsync<StationException>(() => mailbox.PutAsync(Box, large, isDurable: false, Token))).Fault);
        foreach (string box in (string[])["", "..", "../../etc/passwd", "station.>", Box.ToUpperInvariant(), Box + "a"])
        {
            StationException refused = await Assert.ThrowsAsync<StationException>(() => mailbox.PutAsync(box, Letter("x"), isDurable: false, Token));
            Assert.Equal(StationFault.InvalidArgument, refused.Fault);
        }

        Assert.Null(await mailbox.TakeAsync(Box, MailState.Waiting, TimeSpan.Zero, Token));
    }

    private static async Task DisposeAsync(IEnumerable<IStationMailbox> mailboxes)
    {
        foreach (IStationMailbox mailbox in mailboxes)
        {
            await mailbox.DisposeAsync();
        }
    }
}
