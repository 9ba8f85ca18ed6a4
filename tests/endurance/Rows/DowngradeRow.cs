using SecureStation.Core;
using SecureStation.Core.Handshake;
using SecureStation.Core.Keys;

namespace SecureStation.Endurance.Rows;

/// <summary>Somebody in the middle who changes what the preamble asks for: no pair of suites ever comes to a session.</summary>
internal sealed class DowngradeRow() : StationRow("downgrade", "preambles changed on the way", 2000, 200, "no session, a typed error at either end", 60)
{
    public override Task<RowOutcome> RunAsync(RowContext context)
    {
        StationSuite[] suites = [.. StationSuite.Names.Select(StationSuite.Parse).Where(static suite => !suite.NeedsInvitation)];
        using var left = new StationStaticKey(StationKeyPair.Generate());
        using var right = new StationStaticKey(StationKeyPair.Generate());
        int refused = 0;
        for (int i = 0; i < context.Count; i++)
        {
            context.Token.ThrowIfCancellationRequested();
            StationSuite asked = suites[i % suites.Length];
            StationSuite heard = suites[(i + 1 + (i / suites.Length % (suites.Length - 1))) % suites.Length];
            refused += IsRefused(asked, heard, left, right) ? 1 : 0;
        }

        // The same without anybody in between works, or the row would show nothing.
        bool works = suites.All(suite => !IsRefused(suite, suite, left, right));
        return Task.FromResult(new RowOutcome(context.Count, $"{refused} refused of {suites.Length * (suites.Length - 1)} pairs of suites", refused == context.Count && works));
    }

    private static bool IsRefused(StationSuite asked, StationSuite heard, StationStaticKey left, StationStaticKey right)
    {
        using StationHandshake initiator = StationHandshake.CreateInitiator(asked, left);
        using StationHandshake responder = StationHandshake.CreateResponder(heard, right);
        try
        {
            byte[] message = new byte[StationHandshake.MaxMessageLength];
            (StationHandshake from, StationHandshake to) = (initiator, responder);
            for (int i = 0; i < 3; i++)
            {
                to.Read(message.AsSpan(0, from.Write(message)));
                (from, to) = (to, from);
            }

            return false;
        }
        catch (StationException e)
        {
            return e.Fault == StationFault.HandshakeFailed;
        }
    }
}
