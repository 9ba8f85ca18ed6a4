using SecureStation.Core.Framing;

namespace SecureStation.Core.Sessions.Secure;

/// <summary>A frame that the core has decided to send: a control frame, or a piece of a message.</summary>
internal readonly record struct OutgoingFrame
{
    public OutgoingFrame(ControlFrame control) => Control = control;

    public OutgoingFrame(MessageFragment fragment) => Fragment = fragment;

    public ControlFrame Control { get; }

    /// <summary>Where its message is null, this is a control frame.</summary>
    public MessageFragment Fragment { get; }

    public bool IsMessage => Fragment.Message is not null;

    /// <summary>Bytes in the stream of frames.</summary>
    public int Size => FrameHeader.Size + (IsMessage ? Fragment.HeadSize + Fragment.Length : Control.BodyLength);

    public override string ToString() => IsMessage
        ? Fragment is { Offset: 0, IsLast: true } ? $"Message {Fragment.Id}" : $"Message {Fragment.Id}: {Fragment.Length} from {Fragment.Offset}"
        : Control.Type switch
        {
            FrameType.Ack => $"Ack {Control.First} {Control.Second}",
            FrameType.Close => $"Close {(StationReason)Control.First} {Control.Second}",
            FrameType.Rekey => Control.Flag ? "Rekey, you too" : "Rekey",
            _ => $"{Control.Type} {Control.First}",
        };
}
