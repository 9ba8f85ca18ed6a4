using SecureStation.Core;
using SecureStation.Core.Protocols;
using SecureStation.Core.Sessions;
using SecureStation.Core.Transport;
using SecureStation.Legacy.Chat;

namespace SecureStation.Legacy.IdeaStation;

/// <summary>The IDEA station: RSA key transport, SHA-1, IDEA with a constant counter, messages in hex.</summary>
public sealed class IdeaStationProtocol : IStationProtocol
{
    /// <summary>How long a public key must stand alone before it is this protocol's; the AES chat sends a colon after it at once.</summary>
    internal static readonly TimeSpan ColonPatience = TimeSpan.FromMilliseconds(300);

    /// <inheritdoc/>
    public string Name => "IdeaStation";

    /// <inheritdoc/>
    public bool IsSecure => false;

    /// <inheritdoc/>
    public string Weakness =>
        "authenticates nobody, encrypts every message of a session with the same 16 bytes, so that two captured messages give both away, and does not notice when messages are changed";

    /// <inheritdoc/>
    public ProtocolMatch Recognise(ReadOnlySpan<byte> received, TimeSpan silence)
    {
        if (!PublicKeyPem.IsBeginning(received))
        {
            return ProtocolMatch.No;
        }

        int end = PublicKeyPem.FindEnd(received);
        if (end == 0)
        {
            return received.Contains((byte)':') ? ProtocolMatch.No : ProtocolMatch.Undecided;
        }

        ReadOnlySpan<byte> after = received[end..].TrimStart("\r\n"u8);
        return after.IsEmpty
            ? (silence >= ColonPatience ? ProtocolMatch.Yes : ProtocolMatch.Undecided)
            : (after[0] == ':' ? ProtocolMatch.No : ProtocolMatch.Yes);
    }

    /// <inheritdoc/>
    public IProtocolClient CreateClient(ProtocolClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new Client(this, new ChatKey(options.Legacy), ChatName.Choose(options.Legacy.DisplayName), options.Limits);
    }

    /// <inheritdoc/>
    public IProtocolListener CreateListener(ProtocolListenerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new Listener(this, options.Limits, IdeaSessionValue.Draw);
    }

    internal Client CreateClient(TextbookRsaKeyPair key, string displayName) => new(this, new ChatKey(key), displayName, StationLimits.Default);

    // For tests that replay a conversation: with session values of their own.
    internal Listener CreateListener(StationLimits limits, Func<byte[]>? unsafeDraw = null) => new(this, limits, unsafeDraw ?? IdeaSessionValue.Draw);

    private static string Suite(int keySize) => $"RSA-{keySize} (textbook), SHA-1, IDEA-CTR (constant counter)";

    internal sealed class Client(IdeaStationProtocol protocol, ChatKey key, string displayName, StationLimits limits) : IProtocolClient
    {
        public async ValueTask PrepareAsync(CancellationToken cancellationToken) => await key.GetAsync(cancellationToken).ConfigureAwait(false);

        public async Task<StationSession> ConnectAsync(ITransport transport, CancellationToken cancellationToken)
        {
            DateTimeOffset startedAt = DateTimeOffset.UtcNow;
            TextbookRsaKeyPair pair = await key.GetAsync(cancellationToken).ConfigureAwait(false);
            var channel = new ChatChannel(transport, isInitiator: true);
            string digest = await IdeaHandshake.ConnectAsync(channel, pair, cancellationToken).ConfigureAwait(false);
            var session = new IdeaStationSession(
                ChatDescription.Create(protocol, Suite(pair.PublicKey.Size), StationRole.Initiator, transport, channel, startedAt),
                transport,
                limits,
                channel.Steps,
                digest,
                displayName);
            session.Start(channel.Rest);
            return session;
        }

        public void Dispose()
        {
            // The key is memory only; nobody else has it.
        }
    }

    internal sealed class Listener(IdeaStationProtocol protocol, StationLimits limits, Func<byte[]> draw) : IProtocolListener
    {
        public async Task<StationSession> AcceptAsync(ITransport transport, IPendingConnection connection, CancellationToken cancellationToken)
        {
            DateTimeOffset startedAt = DateTimeOffset.UtcNow;
            var channel = new ChatChannel(transport, isInitiator: false);
            (string digest, int keySize) = await IdeaHandshake.AcceptAsync(channel, draw, connection, cancellationToken).ConfigureAwait(false);
            var session = new IdeaStationSession(
                ChatDescription.Create(protocol, Suite(keySize), StationRole.Responder, transport, channel, startedAt),
                transport,
                limits,
                channel.Steps,
                digest,
                displayName: null);
            session.Start(channel.Rest);
            return session;
        }

        public void Dispose()
        {
            // Each connection has its own state; there is nothing that they share.
        }
    }
}
