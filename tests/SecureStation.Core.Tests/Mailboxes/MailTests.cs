using Microsoft.Extensions.Time.Testing;
using SecureStation.Core.Mailboxes;
using SecureStation.Core.Mailboxes.Folder;
using SecureStation.Core.Mailboxes.Simulated;
using SecureStation.Core.Sealing;

namespace SecureStation.Core.Tests.Mailboxes;

/// <summary>Sealed mail above the engines: who gets what, once unmarked, and what goes to the dead letters.</summary>
public sealed class MailTests : IDisposable
{
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(60);

    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UtcNow);
    private readonly MailStation _alice;
    private readonly MailStation _bob;
    private readonly MailStation _carol;
    private readonly SimulatedMailbox _mailbox;

    public MailTests()
    {
        _alice = new MailStation("alice", _clock);
        _bob = new MailStation("bob", _clock);
        _carol = new MailStation("carol", _clock);
        _bob.Accept(_alice);
        _carol.Accept(_alice);
        _mailbox = new SimulatedMailbox(new MailboxOptions { Time = _clock });
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _alice.Dispose();
        _bob.Dispose();
        _carol.Dispose();
    }

    [Fact]
    public async Task Arrives_with_its_sender_and_only_once()
    {
        SentMail sent = await SendAsync("at 5", _bob);
        await using MailboxReceiver receiver = Receiver(_bob);
        MailboxMessage mail = await ReceiveAsync(receiver);

        Assert.Equal(("at 5", "alice", true, false, 1), ((string)mail.Body!, mail.Peer, mail.Verified, mail.Redelivered, mail.Attempt));
        Assert.Equal(sent.Id, mail.Id);
        Assert.Equal(SealSecrecy.Hybrid, mail.Secrecy);
        await mail.ConfirmAsync(Token);
        await AssertNothingAsync(receiver);
        Assert.Equal(new MailboxCounts(0, 0, 0), await _mailbox.CountAsync(_bob.Card.Box, Token));
        Assert.Empty(_bob.Reported);
    }

    [Fact]
    public async Task Is_given_to_each_of_its_recipients()
    {
        await SendAsync("to both", _bob, _carol);
        await using MailboxReceiver bob = Receiver(_bob);
        await using MailboxReceiver carol = Receiver(_carol);
        MailboxMessage first = await ReceiveAsync(bob);
        await first.ConfirmAsync(Token);
        MailboxMessage second = await ReceiveAsync(carol);
        Assert.Equal(first.Id, second.Id);
        Assert.False(second.Redelivered);
    }

    [Fact]
    public async Task Is_marked_when_it_comes_again()
    {
        await SendAsync("work", _bob);
        await using MailboxReceiver receiver = Receiver(_bob);
        await (await ReceiveAsync(receiver)).DenyAsync(TimeSpan.Zero, Token);
        MailboxMessage again = await ReceiveAsync(receiver);
        Assert.Equal((true, 2), (again.Redelivered, again.Attempt));
    }

    [Fact]
    public async Task Becomes_a_dead_letter_after_too_many_attempts_and_can_be_put_back()
    {
        await SendAsync("poison", _bob);
        await SendAsync("good", _bob);
        await using (MailboxReceiver receiver = Receiver(_bob, terms => terms with { MaxDeliveries = 2 }))
        {
            int poison = 0;
            while (await receiver.ReceiveAsync(isMoreWanted: false, TimeSpan.Zero, Token) is { } mail)
            {
                poison += (string)mail.Body! == "poison" ? 1 : 0;
                await ((string)mail.Body! == "poison" ? mail.DenyAsync(TimeSpan.Zero, Token) : mail.ConfirmAsync(Token));
            }

            Assert.Equal(2, poison);
            Assert.Equal(StationFault.Undelivered, Assert.Single(_bob.Reported).Fault);
        }

        await using MailboxReceiver dead = Receiver(_bob, terms => terms with { State = MailState.Dead });
        MailboxMessage letter = await ReceiveAsync(dead);
        Assert.Equal(("TooManyDeliveries", "poison", 2), (letter.Reason, (string)letter.Body!, letter.Attempt));
        await letter.DenyAsync(TimeSpan.Zero, Token);

        await using MailboxReceiver again = Receiver(_bob, terms => terms with { MaxDeliveries = 2 });
        MailboxMessage back = await ReceiveAsync(again);
        Assert.Equal(("poison", 1, true), ((string)back.Body!, back.Attempt, back.Redelivered));
    }

    [Fact]
    public async Task Of_unknown_senders_goes_to_the_dead_letters_and_other_mail_goes_on()
    {
        await CarolSendsAsync("hello");
        await SendAsync("from alice", _bob);
        await using MailboxReceiver receiver = Receiver(_bob);
        Assert.Equal("from alice", (await ReceiveAsync(receiver)).Body);
        StationException why = Assert.Single(_bob.Reported);
        Assert.Equal((StationFault.PeerUntrusted, _carol.KeyPair.Fingerprint.Text), (why.Fault, why.PeerFingerprint));
        Assert.Equal(1, (await _mailbox.CountAsync(_bob.Card.Box, Token)).Dead);
    }

    [Fact]
    public async Task Of_unknown_senders_is_given_marked_where_that_is_allowed()
    {
        await CarolSendsAsync("hello");
        await using MailboxReceiver receiver = Receiver(_bob, terms => terms with { AllowUnknownSender = true });
        MailboxMessage mail = await ReceiveAsync(receiver);
        Assert.Equal(("hello", false, _carol.KeyPair.Fingerprint.Text), ((string)mail.Body!, mail.Verified, mail.Peer));
    }

    [Fact]
    public async Task Of_a_sender_that_was_removed_meanwhile_is_not_given()
    {
        await SendAsync("before", _bob);
        _bob.Peers.Remove(_alice.KeyPair.Fingerprint);
        await using MailboxReceiver receiver = Receiver(_bob);
        await AssertNothingAsync(receiver);
        Assert.Equal(StationFault.PeerUntrusted, Assert.Single(_bob.Reported).Fault);
    }

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(false, true, true)]
    [InlineData(true, false, true)]
    public async Task May_be_sent_by_accept_or_the_capability_mail(bool accept, bool mail, bool isGiven)
    {
        _bob.Peers.Update(_alice.KeyPair.Fingerprint, record => record with { Accept = accept, Capabilities = mail ? ["mail"] : [] });
        await SendAsync("x", _bob);
        await using MailboxReceiver receiver = Receiver(_bob);
        Assert.Equal(isGiven, await receiver.ReceiveAsync(isMoreWanted: false, TimeSpan.Zero, Token) is not null);
    }

    [Fact]
    public async Task Is_given_back_by_who_lacks_the_key_and_dies_by_who_has_all()
    {
        await SendAsync("for bob", _bob);
        await SendAsync("for bob too", _bob);

        // Carol's keys on bob's box: as a worker whose copy of the keys is old.
        await using (MailboxReceiver worker = Receiver(_bob, terms => terms with { Identities = _carol.Terms().Identities, HasNewestKeys = false }))
        {
            await AssertNothingAsync(worker);
            Assert.Equal(StationFault.SealingKeyMissing, Assert.Single(_bob.Reported).Fault);
            Assert.Equal(new MailboxCounts(2, 0, 0), await _mailbox.CountAsync(_bob.Card.Box, Token));
        }

        _clock.Advance(TimeSpan.FromMinutes(1));
        await using (MailboxReceiver receiver = Receiver(_bob))
        {
            MailboxMessage mail = await ReceiveAsync(receiver);
            Assert.Equal((1, false), (mail.Attempt, mail.Redelivered));
            await mail.ConfirmAsync(Token);
        }

        await using MailboxReceiver all = Receiver(_bob, terms => terms with { Identities = _carol.Terms().Identities, HasNewestKeys = true });
        await AssertNothingAsync(all);
        Assert.Equal(1, (await _mailbox.CountAsync(_bob.Card.Box, Token)).Dead);
    }

    [Fact]
    public async Task That_is_no_mail_is_a_dead_letter_and_other_mail_goes_on()
    {
        foreach (byte[] poison in (byte[][])[[], [1, 2, 3], new byte[100_000], "age-encryption.org/v1\n-> X25519 x\n"u8.ToArray()])
        {
            await _mailbox.PutAsync(_bob.Card.Box, new MailboxLetter(poison, _clock.GetUtcNow()), isDurable: false, Token);
        }

        byte[] cut = SealedMessage.SealCopies(Terms(_bob), "cut"u8)[0];
        await _mailbox.PutAsync(_bob.Card.Box, new MailboxLetter(cut.AsMemory(0, cut.Length - 1), _clock.GetUtcNow()), isDurable: false, Token);
        await SendAsync("good", _bob);

        await using MailboxReceiver receiver = Receiver(_bob);
        Assert.Equal("good", (await ReceiveAsync(receiver)).Body);
        Assert.Equal(5, _bob.Reported.Count);
        Assert.All(_bob.Reported, why => Assert.Equal(StationFault.SealBroken, why.Fault));
    }

    [Fact]
    public async Task That_a_recipient_sealed_anew_for_another_is_refused()
    {
        byte[] copy = SealedMessage.SealCopies(Terms(_bob), "for bob alone"u8)[0];
        byte[] plaintext = SealedMessage.OpenRaw(copy, new OpeningTerms { Identities = _bob.Terms().Identities, FindSender = _ => "x" });
        byte[] again = SealedMessage.SealRaw(Terms(_carol) with { Sender = null }, plaintext);
        await _mailbox.PutAsync(_carol.Card.Box, new MailboxLetter(again, _clock.GetUtcNow()), isDurable: false, Token);
        await using MailboxReceiver receiver = Receiver(_carol);
        await AssertNothingAsync(receiver);
        Assert.Equal(StationFault.NotARecipient, Assert.Single(_carol.Reported).Fault);
    }

    [Fact]
    public async Task That_has_expired_or_never_does_is_refused()
    {
        await SendAsync(_alice.Mail("short", _bob) with { ExpiresIn = TimeSpan.FromHours(1) });
        byte[] never = SealedMessage.SealCopies(Terms(_bob) with { ExpiresAt = null }, "never"u8)[0];
        byte[] late = SealedMessage.SealCopies(Terms(_bob) with { ExpiresAt = _clock.GetUtcNow().AddDays(80) }, "late"u8)[0];
        foreach (byte[] copy in (byte[][])[never, late])
        {
            await _mailbox.PutAsync(_bob.Card.Box, new MailboxLetter(copy, _clock.GetUtcNow()), isDurable: false, Token);
        }

        _clock.Advance(TimeSpan.FromHours(2));
        await using MailboxReceiver receiver = Receiver(_bob);
        await AssertNothingAsync(receiver);
        Assert.Equal([StationFault.MessageExpired, StationFault.SealBroken, StationFault.SealBroken], _bob.Reported.Select(why => why.Fault));
        await Assert.ThrowsAsync<StationException>(() => SendAsync(_alice.Mail("too long", _bob) with { ExpiresIn = TimeSpan.FromDays(31) }));
    }

    [Fact]
    public async Task Is_not_given_again_by_a_server_that_forgot_its_acknowledgement()
    {
        await SendAsync("once", _bob);
        await using MailboxReceiver receiver = Receiver(_bob);
        await (await ReceiveAsync(receiver)).ConfirmAsync(Token);
        _mailbox.Restart(forgottenAcknowledgements: 1);
        await AssertNothingAsync(receiver);
        Assert.Equal(new MailboxCounts(0, 0, 0), await _mailbox.CountAsync(_bob.Card.Box, Token));
    }

    [Fact]
    public async Task Given_to_two_at_once_is_unmarked_for_one()
    {
        await SendAsync("race", _bob);
        _mailbox.Faults.GivenTwice = 1;
        await using MailboxReceiver one = Receiver(_bob);
        await using MailboxReceiver other = Receiver(_bob);
        MailboxMessage[] both = await Task.WhenAll(Task.Run(() => ReceiveAsync(one)), Task.Run(() => ReceiveAsync(other)));
        Assert.Single(both, mail => !mail.Redelivered);
    }

    [Fact]
    public async Task Whose_put_was_not_answered_is_put_again_and_given_once()
    {
        _mailbox.Faults.LostPutAnswers = 1;
        await SendAsync("twice put", _bob);
        Assert.Equal(2, (await _mailbox.CountAsync(_bob.Card.Box, Token)).Waiting);
        await using MailboxReceiver receiver = Receiver(_bob);
        await (await ReceiveAsync(receiver)).ConfirmAsync(Token);
        await AssertNothingAsync(receiver);
        Assert.Empty(_bob.Reported);
    }

    [Fact]
    public async Task Whose_lease_ran_out_is_anothers_and_its_holder_hears_so()
    {
        await SendAsync("slow", _bob);
        await using MailboxReceiver slow = Receiver(_bob);
        await using MailboxReceiver other = Receiver(_bob);
        MailboxMessage lost = await ReceiveAsync(slow);

        // The whole process stood still: nothing was renewed.
        _clock.Advance(TimeSpan.FromSeconds(31));
        MailboxMessage taken = await ReceiveAsync(other);
        Assert.True(taken.Redelivered);
        Assert.Equal(StationFault.LeaseLost, (await Assert.ThrowsAsync<StationException>(() => lost.ConfirmAsync(Token))).Fault);
        Assert.Equal(StationFault.LeaseLost, (await Assert.ThrowsAsync<StationException>(() => lost.DenyAsync(TimeSpan.Zero, Token))).Fault);
        await taken.ConfirmAsync(Token);
        await AssertNothingAsync(other);
    }

    [Fact]
    public async Task Is_renewed_while_a_script_works()
    {
        using var folder = new TemporaryFolder();
        await using FolderMailbox mailbox = FolderMailbox.Open(folder.File("mail"), new MailboxOptions { LeaseDuration = TimeSpan.FromSeconds(3) });
        using var alice = new MailStation("alice");
        using var bob = new MailStation("bob");
        bob.Accept(alice);
        await new MailboxSender(mailbox).SendAsync(alice.Mail("long work", bob), isDurable: true, Token);
        await using var worker = new MailboxReceiver(mailbox, bob.Terms());
        await using var other = new MailboxReceiver(mailbox, bob.Terms());
        MailboxMessage mail = (await worker.ReceiveAsync(isMoreWanted: false, s_long, Token))!;

        Assert.Null(await other.ReceiveAsync(isMoreWanted: false, TimeSpan.FromSeconds(5), Token));
        await mail.ConfirmAsync(Token);
        Assert.Equal(new MailboxCounts(0, 0, 0), await mailbox.CountAsync(bob.Card.Box, Token));
    }

    [Fact]
    public async Task Fetched_ahead_is_one_and_goes_back_at_the_end()
    {
        for (int i = 0; i < 4; i++)
        {
            await SendAsync($"{i}", _bob);
        }

        await using (MailboxReceiver receiver = Receiver(_bob))
        {
            MailboxMessage first = await ReceiveAsync(receiver, isMoreWanted: true);
            await WaitUntilAsync(async () => (await _mailbox.CountAsync(_bob.Card.Box, Token)).Leased == 2);
            Assert.Equal(2, (await _mailbox.CountAsync(_bob.Card.Box, Token)).Waiting);
            await first.ConfirmAsync(Token);
        }

        Assert.Equal(new MailboxCounts(3, 0, 0), await _mailbox.CountAsync(_bob.Card.Box, Token));
        await using MailboxReceiver next = Receiver(_bob);
        Assert.Equal(["1", "2", "3"], (await Task.WhenAll(ReceiveAsync(next), ReceiveAsync(next), ReceiveAsync(next))).Select(mail => (string)mail.Body!).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("size=1m", true)]
    [InlineData("size=1m", false)]
    [InlineData("size=4m,nr_inodes=100", true)]
    public async Task Is_read_and_confirmed_on_a_full_disk_which_makes_room(string size, bool hasReserve)
    {
        using var folder = new TemporaryFolder();
        string root = folder.File("mail");
        using TinyDisk? disk = TinyDisk.TryMake(root, size);
        Assert.SkipWhen(disk is null, "A disk of 1 MiB needs root and mount (Linux).");
        await using FolderMailbox mailbox = FolderMailbox.Open(root);
        using var alice = new MailStation("alice");
        using var bob = new MailStation("bob");
        bob.Accept(alice);
        int sent = 0;
        try
        {
            for (; sent < 1000; sent++)
            {
                await new MailboxSender(mailbox).SendAsync(alice.Mail($"{sent}", bob), isDurable: false, Token);
            }
        }
        catch (StationException full) when (full.Fault == StationFault.MailboxFull)
        {
        }

        Assert.InRange(sent, 30, 999);
        string reserve = Path.Combine(root, bob.Card.Box, "reserve");
        if (!hasReserve)
        {
            Array.ForEach(Directory.GetFiles(Path.GetDirectoryName(reserve)!, "reserve*"), File.Delete);
        }

        FillUp(Path.Combine(root, "foreign"));
        await using var receiver = new MailboxReceiver(mailbox, bob.Terms() with { Prefetch = 0 });
        var given = new List<string>();
        while (await receiver.ReceiveAsync(isMoreWanted: false, TimeSpan.Zero, Token) is { } mail)
        {
            Assert.False(mail.Redelivered);
            given.Add((string)mail.Body!);
            await mail.ConfirmAsync(Token);
        }

        Assert.Empty(bob.Reported);
        Assert.Equal(Enumerable.Range(0, sent).Select(i => $"{i}").Order(StringComparer.Ordinal), given.Order(StringComparer.Ordinal));
        Assert.Equal(new MailboxCounts(0, 0, 0), await mailbox.CountAsync(bob.Card.Box, Token));
        Assert.True(File.Exists(reserve));
        if (size.Contains("inodes", StringComparison.Ordinal))
        {
            // Where files are what is short, a record takes the place of its letter.
            return;
        }

        await new MailboxSender(mailbox).SendAsync(alice.Mail("again", bob), isDurable: true, Token);
    }

    private static void FillUp(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
            while (true)
            {
                file.Write(new byte[4096]);
            }
        }
        catch (IOException)
        {
            // Not a byte is left; nor a file, below.
        }

        try
        {
            for (int i = 0; i < 1000; i++)
            {
                File.WriteAllBytes($"{path}{i}", []);
            }
        }
        catch (IOException)
        {
        }
    }

    [Fact]
    public async Task Larger_than_a_letter_travels_as_an_object_and_it_is_removed_afterwards()
    {
        string large = new('x', 3_000_000);
        await SendAsync(large, _bob);
        await using MailboxReceiver receiver = Receiver(_bob);
        MailboxMessage mail = await ReceiveAsync(receiver);
        Assert.Equal(large, mail.Body);
        await mail.ConfirmAsync(Token);
        Assert.Equal(0, ((SimulatedObjects)_mailbox.Objects).Count);
        StationException refused = await Assert.ThrowsAsync<StationException>(() => SendAsync(new string('x', 17_000_000), _bob));
        Assert.Equal(StationFault.MessageTooLarge, refused.Fault);
    }

    [Fact]
    public async Task Cannot_be_had_from_a_mailbox_that_is_away_or_silent()
    {
        _mailbox.Faults.Unavailable = "connection refused";
        await using MailboxReceiver receiver = Receiver(_bob);
        StationException away = await Assert.ThrowsAsync<StationException>(() => ReceiveAsync(receiver));
        Assert.Equal(StationFault.MailboxUnavailable, away.Fault);
        Assert.Contains("connection refused", away.Message, StringComparison.Ordinal);
        Assert.Equal(StationFault.MailboxUnavailable, (await Assert.ThrowsAsync<StationException>(() => SendAsync("x", _bob))).Fault);

        _mailbox.Faults.Unavailable = null;
        _mailbox.Faults.IsSilent = true;
        using var stop = new CancellationTokenSource(200);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receiver.ReceiveAsync(isMoreWanted: false, s_long, stop.Token).WaitAsync(s_long, Token));
    }

    [Fact]
    public async Task Of_somebody_else_is_not_given_out()
    {
        await SendAsync("for carol", _carol);
        await SendAsync("for bob", _bob);
        _mailbox.Faults.GivesMailOf = _carol.Card.Box;
        await using MailboxReceiver receiver = Receiver(_bob, terms => terms with { HasNewestKeys = false });
        await AssertNothingAsync(receiver);
        _mailbox.Faults.GivesMailOf = null;
        Assert.Equal("for bob", (await ReceiveAsync(receiver)).Body);
        Assert.Equal(new MailboxCounts(1, 0, 0), await _mailbox.CountAsync(_carol.Card.Box, Token));
    }

    [Fact]
    public async Task Replayed_by_the_mailbox_is_found_by_a_local_replay_store()
    {
        using var folder = new TemporaryFolder();
        byte[] copy = SealedMessage.SealCopies(Terms(_bob), "pay 100"u8)[0];
        foreach (bool isDone in (bool[])[false, true])
        {
            // Another mailbox: one that has forgotten its records.
            var forgetful = new SimulatedMailbox(new MailboxOptions { Time = _clock });
            await forgetful.PutAsync(_bob.Card.Box, new MailboxLetter(copy, _clock.GetUtcNow()), isDurable: false, Token);
            await using var receiver = new MailboxReceiver(forgetful, _bob.Terms() with { ReplayStore = ReplayStore.Open(folder.File("seen"), _bob.Card.Box) });
            MailboxMessage? mail = await receiver.ReceiveAsync(isMoreWanted: false, TimeSpan.Zero, Token);
            Assert.Equal(isDone, mail is null);
            await (mail?.ConfirmAsync(Token) ?? Task.CompletedTask);
        }
    }

    [Fact]
    public async Task Confirmed_is_done_also_where_the_mailbox_does_not_answer()
    {
        await SendAsync("done", _bob);
        await using MailboxReceiver receiver = Receiver(_bob);
        MailboxMessage mail = await ReceiveAsync(receiver);
        _mailbox.Faults.LostLeaseAnswers = 1;
        await mail.ConfirmAsync(Token);
        _mailbox.Restart(forgottenAcknowledgements: 1);
        await AssertNothingAsync(receiver);
    }

    [Fact]
    public async Task Needs_a_recipient_with_a_box()
    {
        OutgoingMail literal = _alice.Mail("x", _bob) with { Recipients = [SealRecipient.Parse(_bob.Card.Recipients[0])] };
        Assert.Equal(StationFault.InvalidArgument, (await Assert.ThrowsAsync<StationException>(() => SendAsync(literal))).Fault);
        Assert.Equal(StationFault.InvalidArgument, (await Assert.ThrowsAsync<StationException>(() => SendAsync(literal with { Recipients = [] }))).Fault);
    }

    private Task<SentMail> SendAsync(string text, params MailStation[] to) => SendAsync(_alice.Mail(text, to));

    private Task<SentMail> SendAsync(OutgoingMail mail) => new MailboxSender(_mailbox, _clock).SendAsync(mail, isDurable: true, Token);

    private Task<SentMail> CarolSendsAsync(string text) => SendAsync(_carol.Mail(text, _bob));

    private SealingTerms Terms(MailStation to) => new()
    {
        Sender = _alice.KeyPair,
        Recipients = [SealRecipient.Of(to.Card, to.Name, _clock.GetUtcNow())],
        Kind = SealedKind.Text,
        SentAt = _clock.GetUtcNow(),
        ExpiresAt = _clock.GetUtcNow().AddDays(7),
    };

    private MailboxReceiver Receiver(MailStation station, Func<MailReaderTerms, MailReaderTerms>? change = null) =>
        new(_mailbox, change is null ? station.Terms() : change(station.Terms()));

    private static async Task<MailboxMessage> ReceiveAsync(MailboxReceiver receiver, bool isMoreWanted = false) =>
        await receiver.ReceiveAsync(isMoreWanted, s_long, Token) ?? throw new TimeoutException("No message came.");

    private static async Task AssertNothingAsync(MailboxReceiver receiver) =>
        Assert.Null(await receiver.ReceiveAsync(isMoreWanted: false, TimeSpan.Zero, Token));

    private static async Task WaitUntilAsync(Func<Task<bool>> condition)
    {
        for (long began = Environment.TickCount64; !await condition(); await Task.Delay(10, Token))
        {
            Assert.True(Environment.TickCount64 - began < 60_000);
        }
    }
}
