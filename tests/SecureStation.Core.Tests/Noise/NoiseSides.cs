using SecureStation.Core.Noise;

namespace SecureStation.Core.Tests.Noise;

/// <summary>Makes both sides of a handshake, with every key that the pattern needs.</summary>
internal static class NoiseSides
{
    public static readonly NoiseKeyPair InitiatorStatic = NoiseKeyPair.Generate();
    public static readonly NoiseKeyPair ResponderStatic = NoiseKeyPair.Generate();

    public static HandshakeState Initiator(string pattern, string suite = "25519_AESGCM_SHA256") => Create(pattern, suite, true);

    public static HandshakeState Responder(string pattern, string suite = "25519_AESGCM_SHA256", byte[]? prologue = null, byte[]? psk = null, NoiseKeyPair? local = null)
        => Create(pattern, suite, false, prologue, psk, local);

    public static HandshakeState Create(string pattern, string suite, bool isInitiator, byte[]? prologue = null, byte[]? psk = null, NoiseKeyPair? local = null)
    {
        ProtocolName protocol = ProtocolName.Parse($"Noise_{pattern}_{suite}");
        NoiseKeyPair mine = local ?? (isInitiator ? InitiatorStatic : ResponderStatic);
        NoiseKeyPair theirs = isInitiator ? ResponderStatic : InitiatorStatic;
        return new HandshakeState(new HandshakeStateOptions
        {
            Protocol = protocol,
            IsInitiator = isInitiator,
            Prologue = prologue ?? "prologue"u8.ToArray(),
            LocalStatic = protocol.Pattern.UsesStatic(isInitiator) ? mine : null,
            RemoteStatic = protocol.Pattern.KnowsStatic(!isInitiator) ? theirs.PublicKey.ToArray() : (ReadOnlyMemory<byte>?)null,
            Psks = [.. Enumerable.Range(0, protocol.Pattern.PskCount).Select(i => (ReadOnlyMemory<byte>)(psk ?? Psk(i)))],
        });
    }

    public static byte[] Psk(int index) => [.. Enumerable.Repeat((byte)(index + 1), 32)];

    /// <summary>Runs a handshake to its end.</summary>
    public static (TransportState Initiator, TransportState Responder) Connect(string pattern, string suite = "25519_AESGCM_SHA256")
    {
        using HandshakeState initiator = Initiator(pattern, suite), responder = Responder(pattern, suite);
        while (!initiator.IsComplete)
        {
            Step(initiator, responder);
        }

        return (initiator.Split(), responder.Split());
    }

    /// <summary>The side whose turn it is writes, the other reads.</summary>
    public static void Step(HandshakeState left, HandshakeState right)
    {
        (HandshakeState writer, HandshakeState reader) = left.IsMyTurn ? (left, right) : (right, left);
        Assert.Equal("payload"u8, Read(reader, Write(writer)));
    }

    public static byte[] Write(HandshakeState writer, string payload = "payload")
    {
        byte[] buffer = new byte[2048];
        return buffer[..writer.WriteMessage(System.Text.Encoding.UTF8.GetBytes(payload), buffer)];
    }

    public static byte[] Read(HandshakeState reader, byte[] message)
    {
        byte[] buffer = new byte[2048];
        return buffer[..reader.ReadMessage(message, buffer)];
    }

    public static StationException Fails(StationFault fault, Action action)
    {
        StationException e = Assert.Throws<StationException>(action);
        Assert.Equal(fault, e.Fault);
        return e;
    }
}
