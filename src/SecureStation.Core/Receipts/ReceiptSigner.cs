using SecureStation.Core.Keys;
using SecureStation.Core.Sessions.Secure;

namespace SecureStation.Core.Receipts;

/// <summary>Signs receipts for what comes into the inboxes of a listener's or client's sessions.</summary>
/// <param name="identity">Who signs.</param>
/// <param name="time">The clock of the pace.</param>
/// <param name="ended">Called when a session has ended that it signed for.</param>
internal sealed class ReceiptSigner(StationKeyPair identity, TimeProvider time, Action? ended = null) : ISessionService
{
    private readonly long _origin = time.GetTimestamp();

    public ReceiptPace Pace { get; } = new();

    public TimeProvider Time => time;

    public TimeSpan Now => time.GetElapsedTime(_origin);

    public void Attach(SecureSession session)
    {
        if (!session.TryNoteDigests())
        {
            return;
        }

        var receipts = new SessionReceipts(session, this);
        session.Inbox.Added = receipts.Received.Add;
        session.Services.SwitchOn(ReceiptMessages.Service, receipts);
    }

    public byte[] Sign(byte[] bytes) => identity.Sign(SignaturePurpose.Receipt, bytes);

    public void OnEnded() => ended?.Invoke();
}
