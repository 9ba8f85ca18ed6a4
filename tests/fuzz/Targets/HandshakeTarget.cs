using SecureStation.Core.Handshake;
using SecureStation.Core.Keys;

namespace SecureStation.Fuzz.Targets;

/// <summary>
/// The handshake's messages in both roles. The first byte says which suite and message; then for message 1 the bytes themselves, for the others how the
/// honest message is changed: u8 bytes cut off or (from 128) added, then what is laid over it by exclusive or.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A target lives as long as its process.")]
internal sealed class HandshakeTarget : IFuzzTarget
{
    private static readonly StationSuite[] s_suites = [.. StationSuite.Names.Select(StationSuite.Parse).Where(static suite => !suite.NeedsInvitation)];

    private readonly StationStaticKey _left = new(StationKeyPair.Generate());
    private readonly StationStaticKey _right = new(StationKeyPair.Generate());

    public string Name => "handshake";

    public IEnumerable<byte[]> Corpus()
    {
        for (byte i = 0; i < s_suites.Length; i++)
        {
            using StationHandshake initiator = StationHandshake.CreateInitiator(s_suites[i], _left);
            yield return [i, .. Write(initiator)];
            yield return [(byte)(i | 0x40), 0, .. new byte[1500]];
            yield return [(byte)(i | 0x80), 0, .. new byte[400]];
        }
    }

    public bool Run(byte[] input)
    {
        if (input.Length < 2)
        {
            return false;
        }

        StationSuite suite = s_suites[(input[0] & 0x3F) % s_suites.Length];
        using StationHandshake initiator = StationHandshake.CreateInitiator(suite, _left);
        using StationHandshake responder = StationHandshake.CreateResponder(suite, _right);
        if (input[0] < 0x40)
        {
            responder.Read(input.AsSpan(1));
            return true;
        }

        responder.Read(Write(initiator));
        byte[] second = Write(responder);
        if (input[0] < 0x80)
        {
            initiator.Read(Change(second, input.AsSpan(1)));
            return true;
        }

        initiator.Read(second);
        responder.Read(Change(Write(initiator), input.AsSpan(1)));
        return true;
    }

    private static byte[] Write(StationHandshake handshake)
    {
        var message = new byte[StationHandshake.MaxMessageLength];
        return message[..handshake.Write(message)];
    }

    private static byte[] Change(byte[] message, ReadOnlySpan<byte> change)
    {
        int length = change[0] < 128 ? Math.Max(0, message.Length - change[0]) : message.Length + change[0] - 128;
        Array.Resize(ref message, length);
        for (int i = 1; i < change.Length && i <= length; i++)
        {
            message[i - 1] ^= change[i];
        }

        return message;
    }
}
