using SecureStation.Core;
using SecureStation.Core.Noise;

namespace SecureStation.Endurance.Rows;

/// <summary>
/// Records of one session given to another, to the other direction, or to their sender: none is ever taken, and the session that refused it takes the honest
/// one afterwards (a failed decryption moves no state).
/// </summary>
internal sealed class ReflectRow() : StationRow("splice", "records reflected, spliced and replayed", 20_000, 2000, "none taken, no state moved", 60)
{
    public override Task<RowOutcome> RunAsync(RowContext context)
    {
        int refused = 0;
        for (int round = 0; refused < context.Count; round++)
        {
            context.Token.ThrowIfCancellationRequested();
            (TransportState left, TransportState right) = Pair();
            (TransportState otherLeft, TransportState otherRight) = Pair();
            byte[] honest = Seal(left, "honest");
            byte[] foreign = Seal(otherLeft, "foreign");
            byte[] back = Seal(right, "back");
            refused += Refused(left, honest) + Refused(right, foreign) + Refused(right, back) + Refused(left, foreign) + Refused(otherRight, honest);
            Require(Open(right, honest) == "honest" && Open(left, back) == "back" && Open(otherRight, foreign) == "foreign");
            refused += Refused(right, honest) + Refused(left, back);
            Require(Open(right, Seal(left, "next")) == "next");
            foreach (TransportState state in (TransportState[])[left, right, otherLeft, otherRight])
            {
                state.Dispose();
            }
        }

        return Task.FromResult(new RowOutcome(refused, $"{refused:N0} refused, the honest ones taken", Passed: true));
    }

    private static int Refused(TransportState reader, byte[] record)
    {
        try
        {
            Open(reader, record);
        }
        catch (StationException e) when (e.Fault == StationFault.DecryptionFailed)
        {
            return 1;
        }

        throw new InvalidOperationException("A record was taken that is not this direction's next.");
    }

    private static byte[] Seal(TransportState writer, string text)
    {
        byte[] plain = System.Text.Encoding.UTF8.GetBytes(text);
        byte[] record = new byte[plain.Length + 16];
        return record[..writer.Write(plain, record)];
    }

    private static string Open(TransportState reader, byte[] record)
    {
        byte[] plain = new byte[record.Length];
        return System.Text.Encoding.UTF8.GetString(plain, 0, reader.Read(record, plain));
    }

    private static void Require(bool holds)
    {
        if (!holds)
        {
            throw new InvalidOperationException("An honest record came otherwise.");
        }
    }

    private static (TransportState Left, TransportState Right) Pair()
    {
        ProtocolName name = ProtocolName.Parse("Noise_NN_25519_AESGCM_SHA256");
        using var left = new HandshakeState(new HandshakeStateOptions { Protocol = name, IsInitiator = true });
        using var right = new HandshakeState(new HandshakeStateOptions { Protocol = name, IsInitiator = false });
        byte[] message = new byte[100];
        byte[] nothing = new byte[100];
        right.ReadMessage(message.AsSpan(0, left.WriteMessage([], message)), nothing);
        left.ReadMessage(message.AsSpan(0, right.WriteMessage([], message)), nothing);
        return (left.Split(), right.Split());
    }
}
