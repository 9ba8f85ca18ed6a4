namespace SecureStation.Core.Handshake.Driving;

/// <summary>Who watches an initiator's handshake. It is told and asked nothing.</summary>
internal interface IHandshakeObserver
{
    /// <summary>A stage is through: message 1 was sent, message 2 read, the responder decided about, message 3 sent, Welcome read.</summary>
    void Passed(HandshakeStage stage, InitiatorDriver driver);
}
