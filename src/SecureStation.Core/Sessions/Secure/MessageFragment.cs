using SecureStation.Core.Messages;

namespace SecureStation.Core.Sessions.Secure;

/// <summary>A piece of a message that goes out as one frame. The first has a head before the body; its size is 0 in the others.</summary>
internal readonly record struct MessageFragment(OutgoingMessage Message, ulong Id, int HeadSize, int Offset, int Length)
{
    public bool IsLast => Offset + Length == Message.Body.Length;
}
