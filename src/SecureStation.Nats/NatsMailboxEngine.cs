using SecureStation.Core.Mailboxes;

namespace SecureStation.Nats;

/// <summary>Connects to mailboxes on NATS JetStream: <c>nats://host:4222</c>, several servers after commas, <c>tls://</c> for TLS from the first byte on.</summary>
public sealed class NatsMailboxEngine : IMailboxEngine
{
    /// <inheritdoc/>
    public bool IsAddress(string address) => NatsAddress.IsOne(address);

    /// <inheritdoc/>
    public async Task<IStationMailbox> ConnectAsync(string address, MailboxOptions options, CancellationToken cancellationToken) =>
        await NatsMailbox.ConnectAsync(address, options, cancellationToken).ConfigureAwait(false);
}
