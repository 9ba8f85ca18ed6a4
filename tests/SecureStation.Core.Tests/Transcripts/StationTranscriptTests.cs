using SecureStation.Core.Connecting;
using SecureStation.Core.Handshake;
using SecureStation.Core.Keys;
using SecureStation.Core.Noise;
using SecureStation.Core.Tests.Handshake;
using SecureStation.Core.Tests.Noise;
using SecureStation.Core.Tests.Vectors;
using SecureStation.Core.Transcripts;
using SecureStation.Core.Transcripts.Diagrams;

namespace SecureStation.Core.Tests.Transcripts;

public sealed class StationTranscriptTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Both_sides_of_a_session_record_the_same_messages()
    {
        await using StationLoopback pair = await StationLoopback.CreateAsync(cancellationToken: Token);
        StationTranscript left = StationTranscript.Of(pair.Left);
        StationTranscript right = StationTranscript.Of(pair.Right);
        Assert.Equal(left.Messages.Select(message => message.Message), right.Messages.Select(message => message.Message));
        Assert.Equal((left.Initiator, left.Responder, left.HandshakeHash, left.SessionId), (right.Initiator, right.Responder, right.HandshakeHash, right.SessionId));
        Assert.Equal([StationRole.Initiator, StationRole.Responder, StationRole.Initiator], left.Messages.Select(message => message.From));
        Assert.Equal(["-> e, e1", "<- e, ee, ekem1, s, es", "-> s, se"], left.Messages.Select(message => message.Tokens));
        foreach (StationTranscript transcript in new[] { left, right })
        {
            TranscriptReport report = TranscriptVerifier.Verify(transcript);
            Assert.True(report.IsValid, report.ToString());
            Assert.Equal(["Messages", "Prologue", "InitiatorIdentity", "ResponderIdentity", "HandshakeHash"], report.Passed);
            Assert.Equal(["Signature", "EncryptedParts", "Peer"], report.NotChecked);
        }
    }

    [Fact]
    public void A_signed_file_comes_back_and_verifies()
    {
        StationTranscript transcript = Record();
        string path = Path.Combine(_folder.Path, "t.json");
        TranscriptFile.Write(path, transcript, ManualPair.Alice);
        StationTranscript read = TranscriptFile.Read(path);
        Assert.Equal(transcript.HandshakeHash, read.HandshakeHash);
        Assert.Equal(ManualPair.Alice.Fingerprint.ToString(), read.SignerFingerprint);
        TranscriptReport report = TranscriptVerifier.Verify(read, ManualPair.Alice.Fingerprint);
        Assert.True(report.IsValid, report.ToString());
        Assert.Contains("Signature", report.Passed);
        Assert.Equal(["Signature"], TranscriptVerifier.Verify(read, ManualPair.Bob.Fingerprint).Failed);
        StationAssert.Fails(StationFault.AlreadyExists, () => TranscriptFile.Write(path, transcript, ManualPair.Alice));
    }

    [Fact]
    public void The_signature_is_over_the_bytes_as_stored()
    {
        string path = Path.Combine(_folder.Path, "t.json");
        TranscriptFile.Write(path, Record(), ManualPair.Alice);
        Assert.True(ManualPair.Alice.PublicKey.Verify(SignaturePurpose.Transcript, File.ReadAllBytes(path), File.ReadAllBytes(path + ".sig")));
        Assert.Equal(ManualPair.Alice.Sign(SignaturePurpose.Transcript, File.ReadAllBytes(path)), File.ReadAllBytes(path + ".sig"));

        // A blank is enough.
        File.AppendAllText(path, " ");
        Assert.Equal(["Signature"], TranscriptVerifier.Verify(TranscriptFile.Read(path)).Failed);
    }

    [Fact]
    public void A_file_whose_signature_is_gone_is_not_valid()
    {
        string path = Path.Combine(_folder.Path, "t.json");
        TranscriptFile.Write(path, Record(), ManualPair.Alice);
        File.Delete(path + ".sig");
        Assert.Equal(["Signature"], TranscriptVerifier.Verify(TranscriptFile.Read(path)).Failed);
        Assert.Equal(["Signature"], TranscriptVerifier.Verify(TranscriptFile.Read(path), allowUnsigned: true).Failed);
        TranscriptFile.Write(path, Record(), signer: null, overwrite: true);
        Assert.Equal(["Signature"], TranscriptVerifier.Verify(TranscriptFile.Read(path)).Failed);
        Assert.True(TranscriptVerifier.Verify(TranscriptFile.Read(path), allowUnsigned: true).IsValid);
    }

    [Fact]
    public void Only_the_side_that_recorded_it_can_sign() =>
        StationAssert.Fails(StationFault.InvalidArgument, () => TranscriptFile.Write(Path.Combine(_folder.Path, "t.json"), Record(), ManualPair.Bob));

    public static TheoryData<string, Func<StationTranscript, StationTranscript>> Lies => new()
    {
        { "HandshakeHash", t => t with { HandshakeHash = new string('0', 64) } },
        { "HandshakeHash", t => t with { HandshakeHash = null } },
        { "HandshakeHash", t => WithMessage(t, 1, bytes => bytes[3] ^= 1) },
        { "HandshakeHash", t => WithMessage(t, 2, bytes => bytes[^1] ^= 1) },
        { "Messages", t => t with { Messages = [t.Messages[0], t.Messages[2], t.Messages[1]] } },
        { "Messages", t => t with { Messages = [.. t.Messages, t.Messages[0]] } },
        { "Messages", t => t with { Messages = [t.Messages[0] with { From = StationRole.Responder }, .. t.Messages.Skip(1)] } },
        { "Messages", t => t with { Messages = [t.Messages[0] with { Length = 33 }, .. t.Messages.Skip(1)] } },
        { "Messages", t => t with { Messages = [t.Messages[0] with { Message = "AAAA" }, .. t.Messages.Skip(1)] } },
        { "Messages", t => t with { Messages = [t.Messages[0] with { Fields = [] }, .. t.Messages.Skip(1)] } },
        { "Messages", t => t with { Suite = "Noise_QQ_25519_AESGCM_SHA256" } },
        { "Prologue", t => t with { Prologue = "00" } },
        { "ResponderIdentity", t => t with { Responder = t.Initiator with { StaticKey = t.Responder.StaticKey } } },
        { "ResponderIdentity", t => t with { Responder = t.Responder with { Fingerprint = t.Initiator.Fingerprint } } },
        { "ResponderIdentity", t => t with { Responder = new TranscriptParty() } },
        { "ResponderIdentity", t => t with { Responder = StatementOf(StationKeyPair.Generate(StationKeyAlgorithm.EcdsaP256), t.Responder) } },
        { "InitiatorIdentity", t => t with { Initiator = t.Initiator with { Signature = "AAAA" } } },
        { "InitiatorIdentity", t => t with { Initiator = t.Initiator with { StaticKey = "zz" } } },
    };

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Lies))]
    public void A_lie_is_found(string check, Func<StationTranscript, StationTranscript> lie) => Assert.Contains(check, TranscriptVerifier.Verify(lie(Record())).Failed);

    [Theory]
    [InlineData("\"format\": \"SecureStation transcript 1\"", "\"format\": \"SecureStation transcript 2\"")]
    [InlineData("\"protocol\"", "\"more\": 1, \"protocol\"")]
    [InlineData("\"suite\"", "\"protocol\": \"Station\", \"suite\"")]
    [InlineData("\"suite\"", "\"sweet\"")]
    [InlineData("\"recordedBy\": \"Initiator\"", "\"recordedBy\": 0")]
    [InlineData("\"messages\": [", "\"messages\": [[[[[[[[[[")]
    [InlineData("\"messages\": [", "\"messages\": [null, ")]
    [InlineData("\"fields\": [", "\"fields\": [null, ")]
    [InlineData("{", "")]
    public void A_file_that_is_no_transcript_is_refused(string from, string to)
    {
        string path = Path.Combine(_folder.Path, "t.json");
        TranscriptFile.Write(path, Record(), ManualPair.Alice);
        string text = File.ReadAllText(path);
        Assert.Contains(from, text, StringComparison.Ordinal);
        int at = text.IndexOf(from, StringComparison.Ordinal);
        File.WriteAllText(path, text[..at] + to + text[(at + from.Length)..]);
        StationAssert.Fails(StationFault.InvalidTranscript, () => TranscriptFile.Read(path));
    }

    [Fact]
    public void A_file_that_is_too_large_or_missing_is_refused()
    {
        string path = Path.Combine(_folder.Path, "t.json");
        StationAssert.Fails(StationFault.NotFound, () => TranscriptFile.Read(path));
        File.WriteAllBytes(path, new byte[2 * 1024 * 1024]);
        StationAssert.Fails(StationFault.InvalidTranscript, () => TranscriptFile.Read(path));
    }

    [Fact]
    public void The_public_handshake_hash_is_that_of_every_vector_without_psk()
    {
        int count = 0;
        foreach (NoiseVector vector in VectorSet.Noise.Files().Append(OwnVectors.PathOf("noise", "dissononce.json")).Append(OwnVectors.PathOf("noise-hfs", "own.json")).SelectMany(NoiseVector.Load))
        {
            if (vector.ProtocolName.Split('_')[2] == "448")
            {
                continue;
            }

            ProtocolName protocol = ProtocolName.Parse(vector.ProtocolName);
            if (!PublicHandshakeHash.IsPossible(protocol.Pattern))
            {
                StationAssert.Fails(StationFault.InvalidArgument, () => PublicHandshakeHash.Compute(protocol, default, default, default, []));
                continue;
            }

            ReadOnlyMemory<byte>[] messages = [.. vector.Messages[..protocol.MessageCount].Select(message => (ReadOnlyMemory<byte>)message.Ciphertext)];
            Assert.Equal(vector.HandshakeHash, PublicHandshakeHash.Compute(protocol, vector.InitPrologue, Public(vector.InitStatic), Public(vector.RespStatic), messages));
            count++;
        }

        Assert.NotEqual(0, count);
        static byte[] Public(byte[]? key) => key is null ? [] : NoiseKeyPair.FromPrivateKey(key).PublicKey.ToArray();
    }

    [Fact]
    public void A_psk_handshake_says_that_its_hash_cannot_be_computed()
    {
        using ManualPair pair = ManualPair.Noise("Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s", [[1, .. new byte[31]]]);
        pair.Run();
        TranscriptReport report = TranscriptVerifier.Verify(StationTranscript.Of(pair.Initiator));
        Assert.True(report.IsValid, report.ToString());
        Assert.Contains("HandshakeHash", report.NotChecked);
    }

    [Fact]
    public void A_handshake_that_failed_leaves_a_transcript_that_says_so()
    {
        using ManualPair pair = ManualPair.Noise("Noise_NN_25519_AESGCM_SHA256", otherPrologue: "q");
        StationAssert.Fails(StationFault.HandshakeFailed, () => pair.Run());
        StationTranscript transcript = StationTranscript.Of(pair.Initiator);
        Assert.Equal("Failed", transcript.State);
        Assert.StartsWith("HandshakeFailed: ", transcript.Failure, StringComparison.Ordinal);
        Assert.Null(transcript.HandshakeHash);
        Assert.True(TranscriptVerifier.Verify(transcript).IsValid);
    }

    [Theory]
    [InlineData(DiagramFormat.Text)]
    [InlineData(DiagramFormat.Mermaid)]
    [InlineData(DiagramFormat.Html)]
    public void A_diagram_shows_every_message_and_escapes_what_came_from_elsewhere(DiagramFormat format)
    {
        const string Evil = "<script>alert(1)</script>\u001b[2J\nNote over Initiator: x";
        StationTranscript transcript = Record() with { Failure = Evil, Suite = Evil };
        string diagram = TranscriptDiagram.Draw(transcript, format);
        foreach (string tokens in new[] { "e, ee, ekem1, s, es", "s, se" })
        {
            Assert.Contains(tokens, diagram, StringComparison.Ordinal);
        }

        Assert.DoesNotContain('\u001b', diagram);
        if (format == DiagramFormat.Text)
        {
            Assert.Contains("SHA256:", diagram, StringComparison.Ordinal);
        }
        else
        {
            Assert.DoesNotContain("<script>", diagram, StringComparison.Ordinal);
            Assert.DoesNotContain("\nNote over Initiator: x", diagram, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("http://", diagram, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", diagram, StringComparison.Ordinal);
    }

    private static StationTranscript Record()
    {
        using ManualPair pair = ManualPair.Station();
        pair.Complete();
        return StationTranscript.Of(pair.Initiator);
    }

    private static StationTranscript WithMessage(StationTranscript transcript, int number, Action<byte[]> change)
    {
        TranscriptMessage[] messages = [.. transcript.Messages];
        byte[] bytes = Convert.FromBase64String(messages[number - 1].Message);
        change(bytes);
        messages[number - 1] = messages[number - 1] with { Message = Convert.ToBase64String(bytes) };
        return transcript with { Messages = messages };
    }

    // A true statement of another key: only the size of the message tells.
    private static TranscriptParty StatementOf(StationKeyPair key, TranscriptParty party)
    {
        IdentityStatement statement = IdentityPayload.Sign(key, Convert.FromHexString(party.StaticKey!));
        return party with
        {
            Fingerprint = key.Fingerprint.ToString(),
            PublicKey = Convert.ToBase64String(key.PublicKey.SubjectPublicKeyInfo.Span),
            Signature = Convert.ToBase64String(statement.Signature.Span),
        };
    }
}
