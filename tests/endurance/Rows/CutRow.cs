using SecureStation.Core;
using SecureStation.Core.Connecting;
using SecureStation.Core.Keys;
using SecureStation.Core.Listening;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Core.Trust;

namespace SecureStation.Endurance.Rows;

/// <summary>
/// A short session cut at its bytes: FIN, RST or silence, in either direction, from the first byte of the preamble on. Full scale is every byte of both
/// directions in all three ways.
/// </summary>
internal sealed class CutRow() : StationRow("cut", "sessions cut at a byte by FIN, RST or stall", 12_000, 300, "typed errors, never a false delivery", 120)
{
    // Of both directions: handshake, Welcomes, a message each way, Acks, Closes. A cut beyond the end does not happen.
    private const int Bytes = 2000;

    public override async Task<RowOutcome> RunAsync(RowContext context)
    {
        StationLimits quick = StationLimits.Default with
        {
            HandshakeTimeout = TimeSpan.FromSeconds(4),
            FirstMessageTimeout = TimeSpan.FromSeconds(4),
            PingAfter = TimeSpan.FromSeconds(2),
            DeadAfter = TimeSpan.FromSeconds(4),
            CloseTimeout = TimeSpan.FromSeconds(2),
        };
        await using StationListener listener = Listen(quick);
        using StationKeyPair key = StationKeyPair.Generate();
        using var atOnce = new SemaphoreSlim(128);
        int offset = context.Random.Next(Bytes * 6);
        int cuts = 0;
        int delivered = 0;
        int step = Math.Max(1, Bytes * 6 / context.Count);
        await Task.WhenAll(Enumerable.Range(0, context.Count).Select(async i =>
        {
            await atOnce.WaitAsync(context.Token);
            try
            {
                int place = (offset + (i * step)) % (Bytes * 6);
                using var proxy = new CuttingProxy(listener.Port, (CutKind)(place % 3), fromClient: place / 3 % 2 == 0, 1 + (place / 6));
                if (await TalkAsync(listener, proxy.Port, key, quick, context.Token))
                {
                    Interlocked.Increment(ref delivered);
                }

                if (proxy.HasCut)
                {
                    Interlocked.Increment(ref cuts);
                }
            }
            finally
            {
                atOnce.Release();
            }
        }));
        await EchoOnceAsync(listener, context.Token);
        return new RowOutcome(context.Count, $"{cuts} cut, {delivered} delivered before or without one", cuts > context.Count / 3);
    }

    // True: the peer confirmed the message.
    private static async Task<bool> TalkAsync(StationListener listener, int port, StationKeyPair key, StationLimits limits, CancellationToken token)
    {
        StationSession session;
        try
        {
            session = await StationClient.ConnectAsync(
                new StationClientOptions { Host = "127.0.0.1", Port = port, KeyPair = key, Trust = new ClientTrust { ExpectedFingerprint = listener.PublicKey.Fingerprint }, Limits = limits },
                token);
        }
        catch (StationException e) when (e.Fault is StationFault.HandshakeFailed or StationFault.Timeout or StationFault.ConnectFailed or StationFault.Truncated)
        {
            return false;
        }

        string text = Guid.NewGuid().ToString();
        try
        {
            await session.WaitDeliveredAsync(await session.SendAsync(OutgoingMessage.Text(text), token), token);
        }
        catch (StationException e) when (e.Fault is StationFault.Undelivered or StationFault.Truncated or StationFault.SessionClosed or StationFault.Timeout or StationFault.ConnectFailed)
        {
            return false;
        }
        finally
        {
            await session.CloseAsync(token);
        }

        // It said that the peer has it: then the peer must have it. The texts of others come in between.
        return await s_arrived.AwaitAsync(listener, text, token) ? true : throw new InvalidOperationException("A message was confirmed and never came.");
    }

    private static readonly Arrivals s_arrived = new();

    private sealed class Arrivals
    {
        private readonly HashSet<string> _seen = [];

        public async Task<bool> AwaitAsync(StationListener listener, string text, CancellationToken token)
        {
            for (int i = 0; i < 2000; i++)
            {
                lock (_seen)
                {
                    while (listener.TryReceive(out StationMessage? message))
                    {
                        _seen.Add((string)message.Body!);
                    }

                    if (_seen.Remove(text))
                    {
                        return true;
                    }
                }

                await Task.Delay(5, token);
            }

            return false;
        }
    }
}
