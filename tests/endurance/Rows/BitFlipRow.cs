using System.Collections.Concurrent;
using SecureStation.Core;
using SecureStation.Core.Connecting;
using SecureStation.Core.Keys;
using SecureStation.Core.Listening;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Core.Trust;

namespace SecureStation.Endurance.Rows;

/// <summary>
/// A bit of the wire flipped: nothing changed is ever taken for good. Full scale is every bit of both directions, through handshake, Welcomes, a message and
/// its answer.
/// </summary>
internal sealed class BitFlipRow() : StationRow("bit-flip", "sessions with one bit of one byte flipped", 32_000, 3000, "typed error each, no message changed", 120)
{
    // Of each direction. What lies beyond the end does not happen.
    private const int Bytes = 2000;

    private readonly ConcurrentDictionary<string, bool> _sent = new();
    private string? _changed;

    public override async Task<RowOutcome> RunAsync(RowContext context)
    {
        StationLimits quick = StationLimits.Default with
        {
            HandshakeTimeout = TimeSpan.FromSeconds(4),
            FirstMessageTimeout = TimeSpan.FromSeconds(4),
            PingAfter = TimeSpan.FromSeconds(2),
            DeadAfter = TimeSpan.FromSeconds(4),
            CloseTimeout = TimeSpan.FromSeconds(2),
            MaxUnreadPerPeer = long.MaxValue,
        };
        await using StationListener listener = Listen(quick);
        using StationKeyPair key = StationKeyPair.Generate();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(context.Token);
        Task answering = AnswerAsync(listener, over.Token);
        int places = 2 * Bytes * 8;
        int offset = context.Random.Next(places);
        int flipped = 0, refused = 0, flippedAndGood = 0;
        await Parallel.ForAsync(0, context.Count, new ParallelOptions { MaxDegreeOfParallelism = 128, CancellationToken = context.Token }, async (i, token) =>
        {
            // 7919 is prime, so that a short run is spread over all bits and a full one meets each.
            int place = (int)((offset + (i * 7919L)) % places);
            using var proxy = new CuttingProxy(listener.Port, CutKind.Flip, fromClient: place % 2 == 0, 1 + (place / 16), place / 2 % 8);
            bool isGood = await TalkAsync(proxy.Port, listener.PublicKey.Fingerprint, key, quick, token);
            Interlocked.Add(ref refused, isGood ? 0 : 1);
            Interlocked.Add(ref flipped, proxy.HasCut ? 1 : 0);
            Interlocked.Add(ref flippedAndGood, proxy.HasCut && isGood ? 1 : 0);
        });
        await over.CancelAsync();
        await answering;
        await EchoOnceAsync(listener, context.Token);

        // What was flipped and did no harm came after the answer: an Ack or the Close.
        bool passed = _changed is null && flipped > context.Count / 3 && refused >= flipped * 8 / 10;
        return new RowOutcome(context.Count, $"{flipped} flipped, {refused} refused, {flippedAndGood} after the answer", passed, _changed);
    }

    // True: the message went, and its answer is the same.
    private async Task<bool> TalkAsync(int port, Fingerprint server, StationKeyPair key, StationLimits limits, CancellationToken token)
    {
        string text = Guid.NewGuid().ToString();
        _sent[text] = true;
        try
        {
            await using StationSession session = await StationClient.ConnectAsync(
                new StationClientOptions { Host = "127.0.0.1", Port = port, KeyPair = key, Trust = new ClientTrust { ExpectedFingerprint = server }, Limits = limits },
                token);
            await session.SendAsync(OutgoingMessage.Text(text), token);
            StationMessage answer = await session.ReceiveAsync(token);
            if (!Equals(answer.Body, text))
            {
                _changed = $"'{answer.Body}' came back for '{text}'.";
            }

            return true;
        }
        catch (StationException)
        {
            return false;
        }
    }

    private async Task AnswerAsync(StationListener listener, CancellationToken token)
    {
        while (!token.IsCancellationRequested)
        {
            try
            {
                StationMessage message = await listener.ReceiveAsync(token);
                if (message.Body is not string text || !_sent.ContainsKey(text))
                {
                    _changed = $"'{message.Body}' came, which nobody sent.";
                }

                await message.Session.SendAsync(OutgoingMessage.Text(message.Body as string ?? string.Empty), token);
            }
            catch (Exception e) when (e is StationException or OperationCanceledException)
            {
                // That session is at its end, or the row is.
            }
        }
    }
}
