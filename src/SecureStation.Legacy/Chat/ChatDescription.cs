using SecureStation.Core;
using SecureStation.Core.Protocols;
using SecureStation.Core.Sessions;
using SecureStation.Core.Transport;

namespace SecureStation.Legacy.Chat;

/// <summary>What the handshake of an old chat says of its session: no identity of anybody, and no reason to believe one.</summary>
internal static class ChatDescription
{
    /// <summary>Describes a session. Its id is made of the messages of the handshake, so both sides have the same.</summary>
    public static SessionDescription Create(
        IStationProtocol protocol, string suite, StationRole role, ITransport transport, ChatChannel channel, DateTimeOffset startedAt, string? peerName = null)
    {
        byte[] hash = channel.GetTranscriptHash();
        return new SessionDescription
        {
            Id = Convert.ToHexStringLower(hash.AsSpan(0, 16)),
            Protocol = protocol.Name,
            Suite = suite,
            IsSecure = false,
            Role = role,
            LocalAddress = transport.LocalAddress,
            RemoteAddress = transport.RemoteAddress,
            PeerName = peerName,
            HandshakeHash = hash,
            StartedAt = startedAt,
        };
    }
}
