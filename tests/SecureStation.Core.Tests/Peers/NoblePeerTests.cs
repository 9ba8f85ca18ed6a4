using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SecureStation.Core.Noise;

namespace SecureStation.Core.Tests.Peers;

/// <summary>The Noise engine against another one, over other primitives, with fresh keys: both roles of each protocol.</summary>
public class NoblePeerTests
{
    public static TheoryData<string, bool> Protocols { get; } =
    [
        .. new[]
        {
            "Noise_XXhfs_25519+MLKEM768_AESGCM_SHA256",
            "Noise_XXhfs_25519+MLKEM768_ChaChaPoly_BLAKE2s",
            "Noise_XXhfs+psk3_25519+MLKEM768_ChaChaPoly_SHA256",
            "Noise_IKhfs_25519+MLKEM768_AESGCM_SHA512",
            "Noise_KKhfs_25519+MLKEM768_ChaChaPoly_BLAKE2b",
            "Noise_XXpsk3_25519_AESGCM_SHA256",
        }.SelectMany(name => new (string, bool)[] { (name, true), (name, false) }),
    ];

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task An_independent_peer_shakes_hands_and_talks(string name, bool isInitiator)
    {
        ProtocolName protocol = ProtocolName.Parse(name);
        byte[] peerPrivate = RandomNumberGenerator.GetBytes(32), psk = RandomNumberGenerator.GetBytes(32), prologue = Encoding.UTF8.GetBytes("across implementations");
        using NoiseKeyPair own = NoiseKeyPair.Generate(), peer = NoiseKeyPair.FromPrivateKey(peerPrivate);
        using var state = new HandshakeState(new HandshakeStateOptions
        {
            Protocol = protocol,
            IsInitiator = isInitiator,
            Prologue = prologue,
            LocalStatic = own,
            RemoteStatic = protocol.Pattern.KnowsStatic(ofInitiator: !isInitiator) ? peer.PublicKey.ToArray() : null,
            Psks = protocol.Pattern.PskCount > 0 ? [psk] : [],
        });
        using NoblePeer other = NoblePeer.Start(JsonSerializer.Serialize(new
        {
            role = isInitiator ? "responder" : "initiator",
            name,
            prologue = Convert.ToHexStringLower(prologue),
            s = Convert.ToHexStringLower(peerPrivate),
            rs = protocol.Pattern.KnowsStatic(ofInitiator: isInitiator) ? Convert.ToHexStringLower(own.PublicKey) : null,
            psks = protocol.Pattern.PskCount > 0 ? new[] { Convert.ToHexStringLower(psk) } : [],
        }));

        byte[] buffer = new byte[4096];
        while (!state.IsComplete)
        {
            byte[] payload = Encoding.UTF8.GetBytes($"payload {state.MessageIndex}");
            if (state.IsMyTurn)
            {
                await other.WriteAsync(buffer.AsMemory(0, state.WriteMessage(payload, buffer)));
            }
            else
            {
                Assert.Equal(payload, buffer[..state.ReadMessage(await other.ReadAsync(), buffer)]);
            }
        }

        Assert.Equal(await other.ReadAsync("h "), state.HandshakeHash);
        Assert.Equal(peer.PublicKey, state.RemoteStatic);
        using TransportState transport = state.Split();
        for (int i = 0; i < 2; i++)
        {
            byte[] text = i == 0 ? "to the responder"u8.ToArray() : "to the initiator"u8.ToArray();
            if (i == 0 == isInitiator)
            {
                await other.WriteAsync(buffer.AsMemory(0, transport.Write(text, buffer)));
            }
            else
            {
                Assert.Equal(text, buffer[..transport.Read(await other.ReadAsync(), buffer)]);
            }
        }

        Assert.True(await other.FinishAsync());
    }
}
