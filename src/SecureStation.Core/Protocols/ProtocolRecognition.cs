using SecureStation.Core.Transport;

namespace SecureStation.Core.Protocols;

/// <summary>Finds out by a connection's first bytes which of a listener's protocols it speaks.</summary>
internal static class ProtocolRecognition
{
    /// <summary>The most bytes that are read before it must be clear; a chat's PEM of 4096 bits has 799.</summary>
    public const int MaxBytes = 2048;

    // How often protocols that wait for silence are asked again.
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(50);

    /// <summary>The position of the protocol that the client speaks.</summary>
    /// <exception cref="StationException"><see cref="StationFault.HandshakeFailed"/>: it speaks none of them.</exception>
    public static async ValueTask<int> RecogniseAsync(ReplayTransport transport, IReadOnlyList<IStationProtocol> protocols, CancellationToken cancellationToken)
    {
        long lastArrival = Environment.TickCount64;
        while (true)
        {
            int candidates = 0;
            TimeSpan silence = TimeSpan.FromMilliseconds(Environment.TickCount64 - lastArrival);
            for (int i = 0; i < protocols.Count; i++)
            {
                switch (protocols[i].Recognise(transport.Peeked, silence))
                {
                    case ProtocolMatch.Yes:
                        return i;
                    case ProtocolMatch.Undecided:
                        candidates++;
                        break;
                }
            }

            if (candidates == 0 || transport.IsFull)
            {
                throw Unknown("what the client sent begins like none of this listener's protocols");
            }

            int? read = await PeekBrieflyAsync(transport, cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                throw Unknown("the client closed the connection before its protocol was clear");
            }

            if (read > 0)
            {
                lastArrival = Environment.TickCount64;
            }
        }
    }

    // Null: nothing came in a while.
    private static async ValueTask<int?> PeekBrieflyAsync(ReplayTransport transport, CancellationToken cancellationToken)
    {
        if (transport.Peeked.IsEmpty)
        {
            return await transport.PeekAsync(cancellationToken).ConfigureAwait(false);
        }

        using var brief = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        brief.CancelAfter(s_interval);
        try
        {
            return await transport.PeekAsync(brief.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private static StationException Unknown(string what) =>
        new(StationFault.HandshakeFailed, $"The handshake failed at Preamble: {what}.") { Stage = HandshakeStage.Preamble };
}
