using System.Text;
using SecureStation.Core;
using SecureStation.Core.Protocols;
using SecureStation.Core.Sessions;
using SecureStation.Core.Transport;
using SecureStation.Legacy.Chat;

namespace SecureStation.Legacy.AesChat;

/// <summary>The AES chat: RSA key transport with confirmation, MD5, AES-CBC, many clients, broadcast.</summary>
public sealed class AesChatProtocol : IStationProtocol
{
    /// <inheritdoc/>
    public string Name => "AesChat";

    /// <inheritdoc/>
    public bool IsSecure => false;

    /// <inheritdoc/>
    public string Weakness =>
        "authenticates nobody, passes every client's messages on to the others in clear, makes its AES key of 8 bytes and uses it as the first IV too, and does not notice when messages are changed";

    /// <inheritdoc/>
    public ProtocolMatch Recognise(ReadOnlySpan<byte> received, TimeSpan silence)
    {
        if (!PublicKeyPem.IsBeginning(received))
        {
            return ProtocolMatch.No;
        }

        int end = PublicKeyPem.FindEnd(received);
        ReadOnlySpan<byte> after = end == 0 ? default : received[end..].TrimStart("\r\n"u8);
        return after.IsEmpty ? ProtocolMatch.Undecided : (after[0] == ':' ? ProtocolMatch.Yes : ProtocolMatch.No);
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
        return new Listener(this, new ChatKey(options.Legacy), options.Limits, AesSessionValue.Draw);
    }

    internal Client CreateClient(TextbookRsaKeyPair key, string displayName) => new(this, new ChatKey(key), displayName, StationLimits.Default);

    // For tests that replay a conversation: with session values of their own.
    internal Listener CreateListener(TextbookRsaKeyPair key, StationLimits limits, Func<byte[]>? unsafeDraw = null) =>
        new(this, new ChatKey(key), limits, unsafeDraw ?? AesSessionValue.Draw);

    private static string Suite(int keySize) => $"RSA-{keySize} (textbook), MD5, AES-128-CBC (IV = key)";

    internal sealed class Client(AesChatProtocol protocol, ChatKey key, string displayName, StationLimits limits) : IProtocolClient
    {
        public async ValueTask PrepareAsync(CancellationToken cancellationToken) => await key.GetAsync(cancellationToken).ConfigureAwait(false);

        public async Task<StationSession> ConnectAsync(ITransport transport, CancellationToken cancellationToken)
        {
            DateTimeOffset startedAt = DateTimeOffset.UtcNow;
            TextbookRsaKeyPair pair = await key.GetAsync(cancellationToken).ConfigureAwait(false);
            var channel = new ChatChannel(transport, isInitiator: true);
            CbcChain chain = await AesHandshake.ConnectAsync(channel, pair, cancellationToken).ConfigureAwait(false);
            await AesHandshake.SendNameAsync(channel, Encoding.UTF8.GetBytes(displayName), cancellationToken).ConfigureAwait(false);
            var session = new AesChatSession(
                ChatDescription.Create(protocol, Suite(pair.PublicKey.Size), StationRole.Initiator, transport, channel, startedAt),
                transport,
                limits,
                channel.Steps,
                chain,
                [],
                room: null);
            session.Start(channel.Rest);
            return session;
        }

        public void Dispose()
        {
            // The key is memory only; nobody else has it.
        }
    }

    internal sealed class Listener(AesChatProtocol protocol, ChatKey key, StationLimits limits, Func<byte[]> draw) : IProtocolListener
    {
        private readonly AesChatRoom _room = new();

        public async Task<StationSession> AcceptAsync(ITransport transport, IPendingConnection connection, CancellationToken cancellationToken)
        {
            DateTimeOffset startedAt = DateTimeOffset.UtcNow;
            TextbookRsaKeyPair pair = await key.GetAsync(cancellationToken).ConfigureAwait(false);
            var channel = new ChatChannel(transport, isInitiator: false);
            (CbcChain chain, int keySize) = await AesHandshake.AcceptAsync(channel, pair, draw, connection, cancellationToken).ConfigureAwait(false);
            (byte[] name, byte[] rest) = await AesHandshake.ReadNameAsync(channel, chain, cancellationToken).ConfigureAwait(false);
            var session = new AesChatSession(
                ChatDescription.Create(protocol, Suite(keySize), StationRole.Responder, transport, channel, startedAt, ChatName.ToShown(name)),
                transport,
                limits,
                channel.Steps,
                chain,
                name,
                _room);
            _room.Join(session);
            session.Start(rest);
            return session;
        }

        public void Dispose()
        {
            // Each session ends by itself; the key is memory only.
        }
    }
}
