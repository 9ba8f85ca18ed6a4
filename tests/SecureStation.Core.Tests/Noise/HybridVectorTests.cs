using System.Runtime.CompilerServices;
using System.Text.Json;
using SecureStation.Core.Noise;
using SecureStation.Core.Noise.Primitives;
using SecureStation.Core.Tests.Vectors;

namespace SecureStation.Core.Tests.Noise;

/// <summary>
/// Known answers for hybrid patterns: the repository's own (tests/vectors/noise-hfs) and libp2p's, on every KEM library of this machine.
/// STATION_VECTORS may name other files of the same forms.
/// </summary>
public class HybridVectorTests(ITestOutputHelper output)
{
    public static TheoryData<string> LibraryNames { get; } = [.. MLKem768.Libraries.Select(library => library.LibraryName)];

    [Theory]
    [MemberData(nameof(LibraryNames))]
    public void Whole_handshakes_agree(string library)
    {
        foreach (string path in Paths("own.json"))
        {
            Verify(NoiseVector.Load(path), library, path);
        }
    }

    [Fact]
    public void Own_handshakes_have_every_pattern()
    {
        var patterns = NoiseVector.Load(Paths("own.json")[0]).Select(vector => ProtocolName.Parse(vector.ProtocolName).Pattern.Name).ToHashSet();
        Assert.Empty(HandshakePatterns.Names.Where(name => !HandshakePatterns.Find(name)!.IsOneWay).Select(name => $"{name}hfs").Except(patterns));
    }

    [Fact]
    public void Libp2ps_handshakes_agree()
    {
        string? path = VectorSet.NoiseHfs.File("libp2p.json", "pqc-test-vectors.json");
        Assert.SkipUnless(path is not null, VectorSet.NoiseHfs.IsMissing);
        using JsonDocument file = JsonDocument.Parse(File.ReadAllBytes(path));
        string protocol = file.RootElement.GetProperty("protocol").GetString()!;
        foreach (MLKem768 library in MLKem768.Libraries)
        {
            Verify([.. file.RootElement.GetProperty("vectors").EnumerateArray().Select(vector => FromLibp2p(protocol, vector))], library.LibraryName, path);
        }
    }

    /// <summary>h, ck, k and n after each token, by the engine's SymmetricState; and after each message in the engine itself.</summary>
    [Fact]
    public void Every_step_agrees()
    {
        foreach (string path in Paths("trace.json"))
        {
            IReadOnlyList<TraceVector> vectors = NoiseVector.Load<TraceVector>(path);
            foreach (TraceVector vector in vectors)
            {
                vector.VerifySteps();
            }

            output.WriteLine($"{path}: {vectors.Count} traces agree, {vectors.Sum(vector => vector.States.Length)} states");
            Assert.NotEmpty(vectors);
        }
    }

    [Theory]
    [MemberData(nameof(LibraryNames))]
    public void Bad_messages_are_refused(string library)
    {
        foreach (string path in Paths("reject.json"))
        {
            IReadOnlyList<RejectVector> vectors = NoiseVector.Load<RejectVector>(path);
            foreach (RejectVector vector in vectors)
            {
                vector.VerifyRefusal(Library(library));
            }

            output.WriteLine($"{path}: {vectors.Count} refused as they must be ({library}): {string.Join(", ", vectors.CountBy(vector => vector.Reason))}");
            Assert.NotEmpty(vectors);
        }
    }

    [Fact]
    public void Names_are_read_and_refused()
    {
        foreach (string path in Paths("names.json"))
        {
            using JsonDocument file = JsonDocument.Parse(File.ReadAllBytes(path));
            string[] valid = [.. file.RootElement.GetProperty("valid").EnumerateArray().Select(name => name.GetString()!)];
            string[] invalid = [.. file.RootElement.GetProperty("invalid").EnumerateArray().Select(entry => entry.GetProperty("name").GetString()!)];
            Assert.All(valid, name => Assert.Equal(name, ProtocolName.Parse(name).Name));
            Assert.All(invalid, name => Assert.Equal(StationFault.InvalidArgument, Assert.Throws<StationException>(() => ProtocolName.Parse(name)).Fault));
            output.WriteLine($"{path}: {valid.Length} names read, {invalid.Length} refused");
            Assert.NotEmpty(valid);
            Assert.NotEmpty(invalid);
        }
    }

    /// <summary>The repository's file, and others of its name that somebody has put where vectors are looked for.</summary>
    private static IReadOnlyList<string> Paths(string name) =>
        [OwnVectors.PathOf("noise-hfs", name), .. VectorSet.NoiseHfs.Files().Where(path => Path.GetFileName(path) == name)];

    private void Verify(IReadOnlyCollection<NoiseVector> vectors, string library, string path)
    {
        foreach (NoiseVector vector in vectors)
        {
            try
            {
                vector.Verify(Library(library));
            }
            catch (Exception e)
            {
                Assert.Fail($"{vector.ProtocolName}: {e}");
            }
        }

        output.WriteLine($"{path}: {vectors.Count} agree ({library})");
        Assert.NotEmpty(vectors);
    }

    private static MLKem768 Library(string name) => MLKem768.Libraries.Single(library => library.LibraryName == name);

    /// <summary>libp2p's form. The seed is not in it: its generator fills it with one byte, which the last 32 bytes (z) of the decapsulation key show.</summary>
    private static NoiseVector FromLibp2p(string protocol, JsonElement vector)
    {
        byte[] Hex(string name) => Convert.FromHexString(vector.GetProperty(name).GetString()!);
        byte[] z = Hex("ephemeral_kem_i_secret")[^32..];
        byte[] payload = "first"u8.ToArray();
        return new NoiseVector
        {
            ProtocolName = protocol,
            InitPrologue = Hex("prologue"),
            RespPrologue = Hex("prologue"),
            InitStatic = Hex("static_i_private"),
            RespStatic = Hex("static_r_private"),
            InitEphemeral = Hex("ephemeral_dh_i_private"),
            RespEphemeral = Hex("ephemeral_dh_r_private"),
            InitRemoteStatic = Hex("static_r_public"),
            RespRemoteStatic = Hex("static_i_public"),
            InitKemSeed = [.. z, .. z],
            RespKemRandomness = Hex("encap_seed_hex"),
            HandshakeHash = Hex("handshake_hash"),
            InitKey = Hex("cs1_k"),
            RespKey = Hex("cs2_k"),
            Messages =
            [
                new([], Hex("msg_a")), new([], Hex("msg_b")), new([], Hex("msg_c")),
                new(payload, NoiseVector.Seal(protocol, Hex("cs2_k"), payload)), new(payload, NoiseVector.Seal(protocol, Hex("cs1_k"), payload)),
            ],
        };
    }

    public sealed class RejectVector : NoiseVector
    {
        public required string Reader { get; init; }
        public required string Fault { get; init; }
        public required int FailsAt { get; init; }
        public required string Reason { get; init; }

        internal void VerifyRefusal(MLKem768 kem)
        {
            bool isInitiator = Reader == "initiator";
            using HandshakeState reader = isInitiator ? CreateInitiator(kem) : CreateResponder();
            byte[] buffer = new byte[HandshakeState.MaxMessageLength];
            foreach (Message message in Messages[..FailsAt])
            {
                int length = reader.IsMyTurn ? reader.WriteMessage(message.Payload, buffer) : reader.ReadMessage(message.Ciphertext, buffer);
                Assert.Equal(reader.MessageIndex % 2 == 1 == isInitiator ? message.Ciphertext : message.Payload, buffer[..length]);
            }

            StationException e = NoiseSides.Fails(StationFault.HandshakeFailed, () => reader.ReadMessage(Messages[FailsAt].Ciphertext, buffer));
            string expected = Reason switch
            {
                "kem_modulus" => "coefficient that is not below 3329",
                "too_short" => "bytes;",
                "decrypt" => "decryption failed",
                "low_order" => "low order",
                _ => Reason,
            };
            Assert.Contains(expected, e.Message, StringComparison.Ordinal);
            Assert.Contains($"message {FailsAt + 1} ", e.Message, StringComparison.Ordinal);
            Assert.True(reader.HasFailed, Fault);
            NoiseSides.Fails(StationFault.InvalidState, () => reader.ReadMessage(Messages[FailsAt].Ciphertext, buffer));
        }
    }

    public sealed class TraceVector : NoiseVector
    {
        public required byte[] KemPublic { get; init; }
        public required byte[] KemCiphertext { get; init; }
        public required byte[] KemSecret { get; init; }
        public required string[] Tokens { get; init; }
        public required State[] States { get; init; }

        public sealed record State(string Token, byte[] H, byte[] Ck, byte[]? K, ulong N);

        internal void VerifySteps()
        {
            using HandshakeState initiator = CreateInitiator(), responder = CreateResponder();
            HandshakePattern pattern = initiator.Protocol.Pattern;
            Assert.Equal(Tokens, pattern.Messages.Select(message => string.Join(", ", message.TokenNames)));
            using var symmetric = new SymmetricState(initiator.Protocol);
            symmetric.MixHash(InitPrologue);
            foreach (MessagePattern preMessage in pattern.PreMessages)
            {
                symmetric.MixHash(preMessage.IsFromInitiator ? RespRemoteStatic : InitRemoteStatic);
            }

            var states = new Queue<State>(States);
            Check(symmetric, states, "start");
            byte[] buffer = new byte[HandshakeState.MaxMessageLength];
            foreach ((MessagePattern pattern1, Message message) in pattern.Messages.Zip(Messages))
            {
                (HandshakeState writer, HandshakeState reader) = initiator.IsMyTurn ? (initiator, responder) : (responder, initiator);
                Assert.Equal(message.Ciphertext, buffer[..writer.WriteMessage(message.Payload, buffer)]);
                reader.ReadMessage(message.Ciphertext, buffer);
                foreach (HandshakeToken token in pattern1.Tokens)
                {
                    Apply(symmetric, token, pattern1.IsFromInitiator);
                    Check(symmetric, states, token.Name());
                }

                symmetric.EncryptAndHash(message.Payload, buffer);
                State after = states.Peek();
                Check(symmetric, states, "payload");
                Assert.All([initiator, responder], side =>
                {
                    Assert.Equal(after.H, side.HandshakeHash);
                    Assert.Equal(after.Ck, Ck(Symmetric(side)));
                });
            }

            Assert.Empty(states);
        }

        /// <summary>One token as its section of the specification says, with the vector's values.</summary>
        private void Apply(SymmetricState symmetric, HandshakeToken token, bool fromInitiator)
        {
            byte[] buffer = new byte[HandshakeState.MaxMessageLength];
            switch (token)
            {
                case HandshakeToken.E:
                    symmetric.MixHash(Public(fromInitiator ? InitEphemeral! : RespEphemeral!));
                    if (InitPsks.Length > 0)
                    {
                        symmetric.MixKey(Public(fromInitiator ? InitEphemeral! : RespEphemeral!));
                    }

                    break;
                case HandshakeToken.S:
                    symmetric.EncryptAndHash(Public(fromInitiator ? InitStatic! : RespStatic!), buffer);
                    break;
                case HandshakeToken.E1:
                    symmetric.EncryptAndHash(KemPublic, buffer);
                    break;
                case HandshakeToken.EKem1:
                    symmetric.EncryptAndHash(KemCiphertext, buffer);
                    symmetric.MixKey(KemSecret);
                    break;
                case HandshakeToken.Psk:
                    symmetric.MixKeyAndHash(InitPsks[0]);
                    break;
                default:
                    byte[] secret = new byte[32];
                    X25519.ComputeSharedSecret(
                        token is HandshakeToken.EE or HandshakeToken.ES ? InitEphemeral! : InitStatic!, Public(token is HandshakeToken.EE or HandshakeToken.SE ? RespEphemeral! : RespStatic!), secret);
                    symmetric.MixKey(secret);
                    break;
            }
        }

        private static void Check(SymmetricState symmetric, Queue<State> states, string token)
        {
            State expected = states.Dequeue();
            Assert.Equal(token, expected.Token);
            Assert.Equal(expected.H, symmetric.HandshakeHash);
            Assert.Equal(expected.Ck, Ck(symmetric));
            CipherState cipher = Cipher(symmetric);
            Assert.Equal(expected.K is not null, cipher.HasKey);
            Assert.Equal(expected.N, cipher.Nonce);
            if (expected.K is not null)
            {
                // The key is in the cipher; that it is this one shows in what it encrypts.
                byte[] byState = new byte[TransportState.TagLength];
                cipher.EncryptWithAd([], [], byState);
                cipher.Nonce--;
                using AeadCipher aead = AeadCipher.Create(CipherName(symmetric), expected.K);
                byte[] byKey = new byte[TransportState.TagLength];
                aead.Encrypt(cipher.Nonce, [], [], [], byKey);
                Assert.Equal(byKey, byState);
            }
        }

        private static byte[] Public(byte[] privateKey)
        {
            using NoiseKeyPair pair = NoiseKeyPair.FromPrivateKey(privateKey);
            return pair.PublicKey.ToArray();
        }

        [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_symmetric")]
        private static extern ref SymmetricState Symmetric(HandshakeState state);

        [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_ck")]
        private static extern ref byte[] Ck(SymmetricState state);

        [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_cipherState")]
        private static extern ref CipherState Cipher(SymmetricState state);

        [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_cipherName")]
        private static extern ref string CipherName(SymmetricState state);
    }
}
