namespace SecureStation.Core.Handshake.Driving;

/// <summary>A handshake that was cancelled, or whose time was up, while it waited for this stage.</summary>
internal sealed class HandshakeCanceledException(HandshakeStage stage, OperationCanceledException inner)
    : OperationCanceledException(inner.Message, inner, inner.CancellationToken)
{
    public HandshakeStage Stage => stage;
}
