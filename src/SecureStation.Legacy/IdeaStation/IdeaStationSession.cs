using System.Text;
using SecureStation.Core;
using SecureStation.Core.Sessions;
using SecureStation.Core.Transport;
using SecureStation.Legacy.Chat;

namespace SecureStation.Legacy.IdeaStation;

/// <summary>
/// A session of the IDEA station: <c>wire = HEX(IDEA-CTR(key, text))</c>, upper case, one write a message. A client's text is
/// <c>NAME : message</c>, a server's the bare message. The old programs speak strictly in turn, one message each.
/// </summary>
public sealed class IdeaStationSession : ChatSession
{
    private readonly IdeaKeystream _keystream;
    private readonly IdeaReceiver _receiver;
    private readonly byte[] _prefix;

    internal IdeaStationSession(
        SessionDescription description, ITransport transport, StationLimits limits, IReadOnlyList<ProtocolStep> steps, string digest, string? displayName)
        : base(description, transport, limits, steps)
    {
        byte[] key = IdeaSessionValue.ToIdeaKey(digest);
        _keystream = new IdeaKeystream(key);
        _receiver = new IdeaReceiver(new IdeaKeystream(key), isFromClient: description.Role == StationRole.Responder);
        _prefix = displayName is null ? [] : Encoding.UTF8.GetBytes(displayName + " : ");
    }

    /// <inheritdoc/>
    public override bool TakesTurns => true;

    /// <inheritdoc/>
    public override int MaxTextLength => IdeaReceiver.MaxText;

    /// <summary>
    /// None for a client: its name tells its messages apart. A server's that run together are unreadable, and no pause helps an old
    /// client that waits for exactly one answer.
    /// </summary>
    private protected override TimeSpan Gap => Role == StationRole.Initiator ? TimeSpan.Zero : base.Gap;

    private protected override bool AwaitsSilence => _receiver.IsIncomplete;

    private protected override bool IsIncomplete => _receiver.IsIncomplete;

    private protected override byte[] Compose(ReadOnlySpan<byte> text) => text.IsEmpty && _prefix.Length == 0
        ? throw new StationException(StationFault.InvalidArgument, "A server of this protocol cannot send an empty text: nothing would go over the wire.")
        : [.. _prefix, .. text];

    private protected override byte[] Encrypt(byte[] text)
    {
        byte[] bytes = [.. text];
        _keystream.Apply(bytes);
        return Encoding.ASCII.GetBytes(Convert.ToHexString(bytes));
    }

    private protected override void OnReceived(ReadOnlySpan<byte> segment)
    {
        try
        {
            DeliverTexts(_receiver.Read(segment));
        }
        catch (FormatException e)
        {
            throw ProtocolError(e.Message);
        }
    }

    private protected override void OnSilence()
    {
        if (_receiver.IsHalfByteLeft)
        {
            throw ProtocolError("a message ends in half a byte");
        }

        DeliverTexts(_receiver.ReadBeginning());
    }

    private void DeliverTexts(List<byte[]> texts)
    {
        if (_receiver.ClientName is { } name && PeerName is null)
        {
            NotePeerName(name);
        }

        foreach (byte[] text in texts)
        {
            DeliverText(text, _receiver.ClientName);
        }
    }
}
