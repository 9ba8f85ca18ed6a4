using System.Text;
using SecureStation.Core;
using SecureStation.Core.Sessions;
using SecureStation.Core.Transport;
using SecureStation.Legacy.Chat;

namespace SecureStation.Legacy.AesChat;

/// <summary>
/// A session of the AES chat: <c>wire = AES-CBC(text + backticks)</c>, raw bytes, one write a message; the text <c>quit</c> means to
/// leave. What a server passes on from other clients comes in clear, as name and text.
/// </summary>
public sealed class AesChatSession : ChatSession
{
    private static readonly byte[] s_quit = Encoding.ASCII.GetBytes("quit");

    // Nothing answers a name: an old server that has not read it yet would take a message behind it for more of it, and read no other.
    private static readonly TimeSpan s_afterName = TimeSpan.FromMilliseconds(100);

    private readonly CbcChain _chain;
    private readonly AesReceiver _receiver;
    private readonly AesChatRoom? _room;
    private byte[] _name;
    private bool _hasSpoken;

    internal AesChatSession(
        SessionDescription description, ITransport transport, StationLimits limits, IReadOnlyList<ProtocolStep> steps, CbcChain chain, byte[] name, AesChatRoom? room)
        : base(description, transport, limits, steps)
    {
        _chain = chain;
        _receiver = new AesReceiver(chain);
        _name = name;
        _room = room;
    }

    /// <inheritdoc/>
    public override int MaxTextLength => AesReceiver.MaxMessage - 1;

    /// <summary>The client's name as it came.</summary>
    internal byte[] Name => _name;

    private protected override TimeSpan Gap => Role == StationRole.Initiator && MessagesSent == 0 ? s_afterName : base.Gap;

    // A client that has spoken sends nothing in clear any more, so nothing is in doubt.
    private protected override bool AwaitsSilence => _receiver.IsIncomplete && !_hasSpoken;

    private protected override bool IsIncomplete => _receiver.IsIncomplete;

    private protected override byte[] Farewell => s_quit;

    // A server passes its clients' messages on whether or not anybody receives them here.
    private protected override bool DropsOldest => _room is not null;

    /// <summary>Passes on another client's message, in clear. False: this client does not keep up, or has gone.</summary>
    internal bool TryPassOn(byte[] name, byte[] text) => TrySendClear([.. new[] { name, text }.Where(static bytes => bytes.Length > 0)]);

    private protected override byte[] Compose(ReadOnlySpan<byte> text) => text.ToArray();

    private protected override byte[] Encrypt(byte[] text) => _chain.Encrypt(BacktickPadding.Pad(text));

    private protected override void OnClearWrite(byte[] bytes) => _chain.NoteClear(bytes);

    private protected override void OnReceived(ReadOnlySpan<byte> segment)
    {
        _receiver.Add(segment);
        ReadMessages(isSilent: false);
    }

    private protected override void OnSilence() => ReadMessages(isSilent: !_hasSpoken);

    private void ReadMessages(bool isSilent)
    {
        while (State != StationSessionState.Closed && _receiver.TryRead(isSilent, out AesReceived received))
        {
            if (_room is not null)
            {
                OnClientMessage(_room, received);
            }
            else if (received.IsClear)
            {
                string? sender = received.Name is { } name ? ChatName.ToShown(name) : null;
                DeliverText(received.Text, sender, isBroadcast: true);
            }
            else if (received.Text.AsSpan().SequenceEqual(s_quit))
            {
                EndByPeer("The server left the chat.");
            }
            else
            {
                DeliverText(received.Text);
            }
        }
    }

    private void OnClientMessage(AesChatRoom room, AesReceived received)
    {
        if (received.IsClear)
        {
            AddToName([.. received.Name ?? [], .. received.Text]);
            return;
        }

        _hasSpoken = true;
        if (received.Text.AsSpan().SequenceEqual(s_quit))
        {
            EndByPeer("The client left the chat.");
            return;
        }

        room.PassOn(this, received.Text);
        DeliverText(received.Text, PeerName);
    }

    // Only the name comes in clear, and TCP may have cut it.
    private void AddToName(byte[] more)
    {
        if (_hasSpoken)
        {
            throw ProtocolError("a message is not encrypted");
        }

        if (_name.Length + more.Length > AesHandshake.MaxName)
        {
            throw ProtocolError($"the name is longer than {AesHandshake.MaxName} bytes");
        }

        _name = [.. _name, .. more];
        NotePeerName(ChatName.ToShown(_name));
    }
}
