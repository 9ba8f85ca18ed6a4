using SecureStation.Core.Noise;

namespace SecureStation.Core.Tests.Framing;

/// <summary>Two ends of a finished Noise handshake without identities.</summary>
internal static class NoisePair
{
    public static (TransportState Left, TransportState Right) Create()
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
