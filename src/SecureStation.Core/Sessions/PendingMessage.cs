using SecureStation.Core.Messages;

namespace SecureStation.Core.Sessions;

/// <summary>A message in the outbox, with its id and the size of what stands before its body.</summary>
internal readonly record struct PendingMessage(OutgoingMessage Message, ulong Id, int HeadSize)
{
    public int BodyLength => Message.Body.Length;
}
