using System.Net;
using System.Net.Sockets;
using SecureStation.Core;
using SecureStation.Core.Mailboxes;
using SecureStation.Core.Tests;

namespace SecureStation.Nats.Tests;

/// <summary>What a server refuses, what the template of docs/protocol/mailbox.md allows, and servers that die.</summary>
public sealed class NatsFailureTests(NatsServerFixture fixture) : IClassFixture<NatsServerFixture>
{
    private const string Box = "abcdefghijklmnopqrstuvwxyz234567";
    private const string Other = "777777777777777777777777777777zz";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string Permissions => $$"""
        authorization {
          users: [
            { user: admin, password: a }
            { user: alice, password: a, permissions: { publish: ["station.mail.*", "station.part.*.*.*"], subscribe: ["_INBOX_alice.>"] } }
            { user: bob, password: b, permissions: {
                publish: [
                  "station.mail.*", "station.part.*.*.*"
                  "$JS.API.CONSUMER.CREATE.STATION.{{Box}}.station.mail.{{Box}}", "$JS.API.CONSUMER.INFO.STATION.{{Box}}", "$JS.API.CONSUMER.MSG.NEXT.STATION.{{Box}}"
                  "$JS.API.CONSUMER.CREATE.STATION_DEAD.{{Box}}.station.dead.{{Box}}", "$JS.API.CONSUMER.INFO.STATION_DEAD.{{Box}}", "$JS.API.CONSUMER.MSG.NEXT.STATION_DEAD.{{Box}}"
                  "$JS.ACK.STATION.{{Box}}.>", "$JS.ACK.STATION_DEAD.{{Box}}.>"
                  "station.dead.{{Box}}", "$KV.STATION_ID.{{Box}}.>"
                  "$JS.API.DIRECT.GET.KV_STATION_ID.$KV.STATION_ID.{{Box}}.>", "$JS.API.DIRECT.GET.STATION_PART.station.part.{{Box}}.>"
                  "$JS.API.DIRECT.GET.KV_STATION_CARD.>"
                ]
                subscribe: ["_INBOX_bob.>"]
            } }
          ]
        }
        """;

    [Fact]
    public async Task The_template_of_permissions_allows_what_is_needed_and_no_more()
    {
        Assert.SkipUnless(NatsServerProcess.IsInstalled, NatsServerProcess.Missing);
        NatsServerProcess server = fixture.StartAnother(Permissions);
        var options = new MailboxOptions { Timeout = NatsServerFixture.Timeout };
        await using NatsMailbox admin = await NatsMailbox.ConnectAsync($"nats://admin:a@127.0.0.1:{server.Port}", new MailboxOptions { Create = true, Timeout = NatsServerFixture.Timeout }, Token);
        await using NatsMailbox alice = await NatsMailbox.ConnectAsync($"nats://alice:a@127.0.0.1:{server.Port}", options, Token);
        await using NatsMailbox bob = await NatsMailbox.ConnectAsync($"nats://bob:b@127.0.0.1:{server.Port}", options, Token);
        Assert.DoesNotContain("alice", alice.Address, StringComparison.Ordinal);

        await alice.PutAsync(Box, new MailboxLetter("work"u8.ToArray(), DateTimeOffset.UtcNow), isDurable: true, Token);
        MailLease lease = (await bob.TakeAsync(Box, MailState.Waiting, TimeSpan.FromSeconds(30), Token))!;
        IMailRecords records = bob.OpenRecords(Box);
        MailRecordKey key = MailRecordKey.Of(new byte[32], new byte[16]);
        Assert.True((await records.OpenAsync(key, DateTimeOffset.UtcNow, Token)).IsNew);
        Assert.False((await records.OpenAsync(key, DateTimeOffset.UtcNow, Token)).IsNew);
        await lease.RenewAsync(Token);
        await lease.BuryAsync("Any", Token);
        MailLease dead = (await bob.TakeAsync(Box, MailState.Dead, TimeSpan.FromSeconds(30), Token))!;
        Assert.Equal("Any", dead.Reason);
        await dead.CompleteAsync(Token);
        Assert.Null(await bob.FindCardAsync(Box, Token));

        await admin.PutAsync(Other, new MailboxLetter("private"u8.ToArray(), DateTimeOffset.UtcNow), isDurable: true, Token);

        // What is refused is heard at once: nobody waits for an answer that does not come.
        long began = Environment.TickCount64;
        foreach (Func<Task> forbidden in (Func<Task>[])
            [() => bob.TakeAsync(Other, MailState.Waiting, TimeSpan.Zero, Token), () => alice.TakeAsync(Box, MailState.Waiting, TimeSpan.Zero, Token), () => alice.PutCardAsync(Box, "x"u8.ToArray(), Token)])
        {
            StationException refused = await Assert.ThrowsAsync<StationException>(forbidden);
            Assert.Equal(StationFault.MailboxUnavailable, refused.Fault);
            Assert.Contains("credentials do not allow it", refused.Message, StringComparison.Ordinal);
        }

        Assert.InRange(Environment.TickCount64 - began, 0, NatsServerFixture.Timeout.TotalMilliseconds);
    }

    [Fact]
    public async Task Says_that_credentials_are_refused()
    {
        Assert.SkipUnless(NatsServerProcess.IsInstalled, NatsServerProcess.Missing);
        NatsServerProcess server = fixture.StartAnother(Permissions);
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("login"), "bob:wrong-secret\n", Token);
        StationException refused = await Assert.ThrowsAsync<StationException>(
            () => NatsMailbox.ConnectAsync(server.Address, new MailboxOptions { CredentialPath = folder.File("login") }, Token));
        Assert.Equal(StationFault.MailboxUnavailable, refused.Fault);
        Assert.Contains("uthorization", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-secret", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Asks_again_why_a_server_has_closed_that_was_not_heard()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Task serving = Task.Run(
            async () =>
            {
                await RefuseAsync([]);
                await RefuseAsync("-ERR 'Authorization Violation'\r\n"u8.ToArray());
            },
            Token);
        StationException refused = await Assert.ThrowsAsync<StationException>(
            () => NatsMailbox.ConnectAsync($"nats://bob:x@{listener.LocalEndpoint}", new MailboxOptions { Timeout = NatsServerFixture.Timeout }, Token));
        Assert.Contains("uthorization", refused.Message, StringComparison.Ordinal);
        await serving;

        async Task RefuseAsync(byte[] last)
        {
            using Socket client = await listener.AcceptSocketAsync(Token);
            await client.SendAsync("INFO {\"server_id\":\"x\",\"version\":\"2.9.10\",\"max_payload\":1048576,\"auth_required\":true}\r\n"u8.ToArray(), Token);
            await client.ReceiveAsync(new byte[4096], Token);
            if (last.Length == 0)
            {
                // As a server does that has not read all when it closes.
                client.LingerState = new LingerOption(enable: true, seconds: 0);
                return;
            }

            await client.SendAsync(last, Token);
            client.Shutdown(SocketShutdown.Send);
            while (await client.ReceiveAsync(new byte[4096], Token) > 0)
            {
            }
        }
    }

    [Fact]
    public async Task Who_receives_from_a_server_that_is_gone_waits_no_longer_than_was_said()
    {
        Assert.SkipUnless(NatsServerProcess.IsInstalled, NatsServerProcess.Missing);
        NatsServerProcess server = fixture.StartAnother();
        await using NatsMailbox mailbox = await NatsMailbox.ConnectAsync(
            server.Address, new MailboxOptions { Create = true, Timeout = NatsServerFixture.Timeout, Patience = TimeSpan.FromMinutes(10) }, Token);
        server.Kill();

        // Whoever waits a second is told after some, and not when patience with a server that may come back is at its end.
        long began = Environment.TickCount64;
        await using var receiver = new MailboxReceiver(mailbox, new MailReaderTerms { Box = Box, Identities = [], FindSender = static _ => null });
        try
        {
            Assert.Null(await receiver.ReceiveAsync(isMoreWanted: false, TimeSpan.FromSeconds(1), Token));
        }
        catch (StationException e)
        {
            Assert.Equal(StationFault.MailboxUnavailable, e.Fault);
        }

        Assert.InRange(Environment.TickCount64 - began, 0, 120_000);
    }

    [Fact]
    public async Task Refuses_a_stream_that_could_lose_mail_and_names_the_difference()
    {
        Assert.SkipUnless(NatsServerProcess.IsInstalled, NatsServerProcess.Missing);
        NatsServerProcess server = fixture.StartAnother();
        await using var connection = new NATS.Client.Core.NatsConnection(new NATS.Client.Core.NatsOpts { Url = server.Address });
        await new NATS.Client.JetStream.NatsJSContext(connection).CreateStreamAsync(new NATS.Client.JetStream.Models.StreamConfig("STATION", ["station.mail.*"]), Token);
        foreach (bool create in (bool[])[false, true])
        {
            StationException refused = await Assert.ThrowsAsync<StationException>(() => NatsMailbox.ConnectAsync(server.Address, new MailboxOptions { Create = create }, Token));
            Assert.Contains("discard is Old, not New", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Goes_on_with_a_server_that_was_killed_and_started_again()
    {
        Assert.SkipUnless(NatsServerProcess.IsInstalled, NatsServerProcess.Missing);
        NatsServerProcess server = fixture.StartAnother();
        await using NatsMailbox mailbox = await NatsMailbox.ConnectAsync(server.Address, new MailboxOptions { Create = true, Patience = NatsServerFixture.Timeout }, Token);
        await mailbox.PutAsync(Box, new MailboxLetter("before"u8.ToArray(), DateTimeOffset.UtcNow), isDurable: true, Token);
        server.Kill();
        Task<MailLease?> waiting = mailbox.TakeAsync(Box, MailState.Waiting, TimeSpan.FromSeconds(60), Token);
        server.Start();
        Assert.Equal("before"u8.ToArray(), (await waiting)!.Body.ToArray());
    }
}
