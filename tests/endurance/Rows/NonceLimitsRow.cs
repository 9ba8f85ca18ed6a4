using System.Security.Cryptography;
using SecureStation.Core;
using SecureStation.Core.Connecting;
using SecureStation.Core.Messages;
using SecureStation.Core.Noise;

namespace SecureStation.Endurance.Rows;

/// <summary>
/// The end of a key: the last nonce is never a message's, in either direction and with either cipher, and a peer that changes its key too late is ended at
/// the bound.
/// </summary>
internal sealed class NonceLimitsRow() : StationRow("nonce-limits", "keys used up to their last nonce or bound", 2000, 200, "the last message passes, the next is refused", 60)
{
    private const int Bound = 64;
    private const int PerSession = 20;

    private static readonly string[] s_ciphers = ["AESGCM", "ChaChaPoly"];

    public override async Task<RowOutcome> RunAsync(RowContext context)
    {
        int keys = 0, sessions = 0;
        long messages = 0;
        for (int i = 0; i < context.Count; i++)
        {
            context.Token.ThrowIfCancellationRequested();
            if (i % PerSession == 0)
            {
                messages += await EndAtTheBoundAsync(context.Token);
                sessions++;
            }
            else
            {
                UseUp(s_ciphers[i % s_ciphers.Length], left: context.Random.Next(4));
                keys++;
            }
        }

        return new RowOutcome(keys + sessions, $"{keys} keys used up, {sessions} sessions ended after {messages / Math.Max(1, sessions)} messages", Passed: true);
    }

    private static void UseUp(string name, int left)
    {
        byte[] key = RandomNumberGenerator.GetBytes(32);
        using var writer = new CipherState(name);
        using var reader = new CipherState(name);
        writer.InitializeKey(key);
        reader.InitializeKey(key);
        writer.Nonce = reader.Nonce = CipherState.ReservedNonce - (ulong)left;
        byte[] record = new byte[20];
        byte[] plain = new byte[4];
        for (int i = 0; i < left; i++)
        {
            writer.EncryptWithAd([], plain, record);
            reader.DecryptWithAd([], record, plain);
        }

        for (int i = 0; i < 2; i++)
        {
            Refuses(() => writer.EncryptWithAd([], plain, record));
            Refuses(() => reader.DecryptWithAd([], record, plain));
        }

        // A change of the key gives no nonce back: that of a Rekey is the reserved one.
        writer.Rekey();
        Refuses(() => writer.EncryptWithAd([], plain, record));
    }

    private static void Refuses(Action work)
    {
        try
        {
            work();
        }
        catch (StationException e) when (e.Fault == StationFault.InvalidState)
        {
            return;
        }

        throw new InvalidOperationException("A message was made or taken with the reserved nonce.");
    }

    // The sender would change its key after a million messages, the receiver waits for that no longer than the bound.
    private static async Task<long> EndAtTheBoundAsync(CancellationToken token)
    {
        await using StationLoopback pair = await StationLoopback.CreateAsync(limits: StationLimits.Default with { MaxMessagesWithoutRekey = Bound }, cancellationToken: token);
        long taken = 0;
        try
        {
            for (; taken <= 2 * Bound; taken++)
            {
                await pair.Left.WaitDeliveredAsync(await pair.Left.SendAsync(OutgoingMessage.Text("x"), token), token);
                await pair.Right.ReceiveAsync(token);
            }
        }
        catch (StationException)
        {
            // Whoever looks first has it; the reason stands below.
        }

        // Acknowledgements count too, so either side may find it first; the other is told, and either may be the first to be at its end.
        while (pair.Left.EndReason is null || pair.Right.EndReason is null)
        {
            await Task.Delay(5, token);
        }

        StationException?[] reasons = [pair.Left.EndReason, pair.Right.EndReason];
        return taken is > Bound / 4 and <= Bound && reasons.Any(static reason => reason is { Fault: StationFault.ProtocolError })
            ? taken
            : throw new InvalidOperationException($"After {taken} messages, of {Bound} that may be: {string.Join(" and ", reasons.Select(static reason => reason?.Fault.ToString() ?? "no end"))}.");
    }
}
