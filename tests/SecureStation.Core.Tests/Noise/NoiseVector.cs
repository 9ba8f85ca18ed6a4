using System.Text.Json;
using System.Text.Json.Serialization;
using SecureStation.Core.Noise;
using SecureStation.Core.Noise.Primitives;

namespace SecureStation.Core.Tests.Noise;

/// <summary>A test vector in the form of cacophony's: both sides' keys, and every message in both its forms.</summary>
public class NoiseVector
{
    private static readonly JsonSerializerOptions s_options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectNullableAnnotations = true,
        Converters = { new HexConverter() },
    };

    public required string ProtocolName { get; init; }
    public byte[] InitPrologue { get; init; } = [];
    public byte[]? InitStatic { get; init; }
    public byte[]? InitEphemeral { get; init; }
    public byte[]? InitRemoteStatic { get; init; }
    public byte[][] InitPsks { get; init; } = [];
    public byte[] RespPrologue { get; init; } = [];
    public byte[]? RespStatic { get; init; }
    public byte[]? RespEphemeral { get; init; }
    public byte[]? RespRemoteStatic { get; init; }
    public byte[][] RespPsks { get; init; } = [];
    public byte[]? HandshakeHash { get; init; }
    public required Message[] Messages { get; init; }

    /// <summary>Of hybrid patterns: the seed of the initiator's KEM key pair, and the randomness of the responder's encapsulation.</summary>
    public byte[]? InitKemSeed { get; init; }
    public byte[]? RespKemRandomness { get; init; }

    /// <summary>Of hybrid patterns: the keys after Split().</summary>
    [JsonPropertyName("cs1_k")]
    public byte[]? InitKey { get; init; }

    [JsonPropertyName("cs2_k")]
    public byte[]? RespKey { get; init; }

    /// <summary>Of the repository's own vectors only: the initiator's next transport message, "rekeyed", after Rekey().</summary>
    public byte[]? Rekeyed { get; init; }

    /// <summary>Of the repository's own vectors only: Export("label", 48).</summary>
    public byte[]? Export { get; init; }

    public static IReadOnlyList<NoiseVector> Load(string path) => Load<NoiseVector>(path);

    /// <summary>Reads a file whose vectors have more than these.</summary>
    public static IReadOnlyList<T> Load<T>(string path) => JsonSerializer.Deserialize<VectorFile<T>>(File.ReadAllText(path), s_options)!.Vectors;

    /// <param name="kem">The library that makes the KEM key pair and decapsulates, in a hybrid pattern.</param>
    internal HandshakeState CreateInitiator(MLKem768? kem = null) => Create(true, InitPrologue, InitStatic, InitEphemeral, InitRemoteStatic, InitPsks, kem);

    /// <summary>The responder. In a hybrid pattern it encapsulates with given randomness, which only BouncyCastle's KEM takes.</summary>
    public HandshakeState CreateResponder()
        => Create(false, RespPrologue, RespStatic, RespEphemeral, RespRemoteStatic, RespPsks, RespKemRandomness is null ? null : MLKem768.Libraries[^1]);

    /// <summary>Runs the vector on both sides; each message must come out and be read exactly.</summary>
    internal void Verify(MLKem768? kem = null)
    {
        using HandshakeState initiator = CreateInitiator(kem);
        using HandshakeState responder = CreateResponder();
        byte[] buffer = new byte[HandshakeState.MaxMessageLength];
        byte[] plain = new byte[HandshakeState.MaxMessageLength];
        int handshakeMessages = initiator.Protocol.MessageCount;
        Assert.True(Messages.Length >= handshakeMessages);

        foreach (Message message in Messages[..handshakeMessages])
        {
            HandshakeState writer = initiator.IsMyTurn ? initiator : responder;
            HandshakeState reader = initiator.IsMyTurn ? responder : initiator;
            Assert.Equal(message.Ciphertext.Length, message.Payload.Length + writer.NextMessageOverhead);
            int written = writer.WriteMessage(message.Payload, buffer);
            Assert.Equal(message.Ciphertext, buffer[..written]);
            int read = reader.ReadMessage(message.Ciphertext, plain);
            Assert.Equal(message.Payload, plain[..read]);
        }

        if (InitRemoteStatic is not null)
        {
            Assert.Equal(InitRemoteStatic, initiator.RemoteStatic);
        }

        if (RespRemoteStatic is not null)
        {
            Assert.Equal(RespRemoteStatic, responder.RemoteStatic);
        }

        if (HandshakeHash is not null)
        {
            Assert.Equal(HandshakeHash, initiator.HandshakeHash);
            Assert.Equal(HandshakeHash, responder.HandshakeHash);
        }

        bool oneWay = initiator.Protocol.Pattern.IsOneWay;
        using TransportState left = initiator.Split();
        using TransportState right = responder.Split();
        if (InitKey is not null && RespKey is not null)
        {
            foreach ((int index, Message message) in Messages.Index().Skip(handshakeMessages).Take(2))
            {
                Assert.Equal(message.Ciphertext, Seal(ProtocolName, index % 2 == 0 ? InitKey : RespKey, message.Payload));
            }
        }

        for (int i = handshakeMessages; i < Messages.Length; i++)
        {
            bool fromInitiator = oneWay || i % 2 == 0;
            int written = (fromInitiator ? left : right).Write(Messages[i].Payload, buffer);
            Assert.Equal(Messages[i].Ciphertext, buffer[..written]);
            int read = (fromInitiator ? right : left).Read(Messages[i].Ciphertext, plain);
            Assert.Equal(Messages[i].Payload, plain[..read]);
        }

        if (Rekeyed is not null)
        {
            left.RekeySending();
            right.RekeyReceiving();
            Assert.Equal(Rekeyed, buffer[..left.Write("rekeyed"u8, buffer)]);
            Assert.Equal("rekeyed"u8, plain.AsSpan(0, right.Read(Rekeyed, plain)));
        }

        if (Export is not null)
        {
            Assert.Equal(Export, left.Export("label", Export.Length));
            Assert.Equal(Export, right.Export("label", Export.Length));
        }
    }

    /// <summary>What the cipher gives of a plaintext as the first message under a key.</summary>
    internal static byte[] Seal(string protocolName, byte[] key, byte[] plaintext)
    {
        byte[] message = new byte[plaintext.Length + TransportState.TagLength];
        using AeadCipher cipher = AeadCipher.Create(Core.Noise.ProtocolName.Parse(protocolName).Cipher, key);
        cipher.Encrypt(0, [], plaintext, message.AsSpan(0, plaintext.Length), message.AsSpan(plaintext.Length));
        return message;
    }

    private HandshakeState Create(bool isInitiator, byte[] prologue, byte[]? local, byte[]? ephemeral, byte[]? remote, byte[][] psks, MLKem768? kem)
    {
        ProtocolName protocol = Core.Noise.ProtocolName.Parse(ProtocolName);
        // The vectors name the peer's static key also where the handshake brings it; then it is what must have come at the end.
        bool isKnown = protocol.Pattern.KnowsStatic(ofInitiator: !isInitiator);
        return new(new HandshakeStateOptions
        {
            Protocol = protocol,
            IsInitiator = isInitiator,
            Prologue = prologue,
            LocalStatic = local is null ? null : NoiseKeyPair.FromPrivateKey(local),
            UnsafeLocalEphemeral = ephemeral is null ? null : NoiseKeyPair.FromPrivateKey(ephemeral),
            RemoteStatic = isKnown ? remote : (ReadOnlyMemory<byte>?)null,
            Psks = Array.ConvertAll(psks, psk => (ReadOnlyMemory<byte>)psk),
            KemLibrary = kem,
            UnsafeKemSeed = InitKemSeed,
            UnsafeKemRandomness = RespKemRandomness,
        });
    }

    public sealed record Message(byte[] Payload, byte[] Ciphertext);

    private sealed record VectorFile<T>(T[] Vectors);

    private sealed class HexConverter : JsonConverter<byte[]>
    {
        public override byte[] Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Convert.FromHexString(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, byte[] value, JsonSerializerOptions options) => writer.WriteStringValue(Convert.ToHexStringLower(value));
    }
}
