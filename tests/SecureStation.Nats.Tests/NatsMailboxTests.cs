using SecureStation.Core.Mailboxes;
using SecureStation.Core.Tests.Mailboxes;

namespace SecureStation.Nats.Tests;

/// <summary>The suite of all mailboxes against a real server.</summary>
public sealed class NatsMailboxTests(NatsServerFixture fixture) : MailboxSuite, IClassFixture<NatsServerFixture>
{
    private NatsServerProcess? _server;

    protected override async Task<IStationMailbox> OpenAsync(TimeSpan lease)
    {
        Assert.SkipUnless(NatsServerProcess.IsInstalled, NatsServerProcess.Missing);

        // A server for each test: the suite's boxes have the same names.
        NatsServerProcess server = _server ??= fixture.StartAnother();
        return await NatsMailbox.ConnectAsync(server.Address, new MailboxOptions { Create = true, LeaseDuration = lease, Timeout = NatsServerFixture.Timeout }, Token);
    }
}
