using System.Text;
using System.Text.Json;
using SecureStation.Core.Handshake;
using SecureStation.Core.Handshake.ByHand;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Core.Transcripts;
using SecureStation.Core.Transport;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Tests.Handshake;

public class ManualHandshakeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Suites.Hybrid)]
    [InlineData(Suites.HybridChaChaPoly)]
    [InlineData(Suites.Classical)]
    [InlineData(Suites.ClassicalChaChaPoly)]
    public void The_stations_own_handshake_leads_to_sessions_that_agree(string suite)
    {
        using ManualPair pair = ManualPair.Station(suite);
        (StationSession left, StationSession right) = pair.Complete();
        Assert.Equal(left.Id, right.Id);
        Assert.Equal(left.HandshakeHash.ToArray(), right.HandshakeHash.ToArray());
        Assert.Equal(ManualPair.Bob.Fingerprint.ToString(), left.RemoteFingerprint);
        Assert.Equal(ManualPair.Alice.Fingerprint.ToString(), right.RemoteFingerprint);
        Assert.Equal(TrustBasis.Fingerprint, left.TrustBasis);
        Assert.Equal(left.Export("a", 40), right.Export("a", 40));
        Assert.NotEqual(left.Export("a", 32), left.Export("b", 32));
    }

    [Theory]
    [InlineData(Suites.Classical, "-> e", "e 32 clear, payload 0 clear", "e 32 clear, s 48 encrypted, payload 126 encrypted")]
    [InlineData(Suites.Hybrid, "-> e, e1", "e 32 clear, e1 1184 clear, payload 0 clear", "e 32 clear, ekem1 1104 encrypted, s 48 encrypted, payload 126 encrypted")]
    public void Messages_name_their_tokens_and_what_is_encrypted(string suite, string tokens, string fields, string fieldsOfSecond)
    {
        using ManualPair pair = ManualPair.Station(suite);
        HandshakeMessage first = pair.Initiator.Write();
        Assert.Equal((tokens, StationSuite.Parse(suite).Message1Length, 0), (first.Pattern, first.Length, first.PayloadLength));
        Assert.Equal(fields, string.Join(", ", first.Fields));
        pair.Responder.Read(first);
        HandshakeMessage second = pair.Responder.Write();
        Assert.Equal(fieldsOfSecond.Split(", "), second.Fields.Select(field => field.ToString()));
        Assert.Equal(second.Length, second.Fields.Sum(field => field.Length));
        Assert.Equal(StationRole.Responder, second.From);
        Assert.Equal(second.ToBytes(), HandshakeMessage.Parse(second.ToString()).ToBytes());
        Assert.Equal(second.ToBytes(), HandshakeMessage.Parse(second.ToHex()).ToBytes());
    }

    [Fact]
    public void Payloads_before_any_shared_secret_are_said_to_be_readable_by_anyone()
    {
        byte[][] psk = [Enumerable.Repeat((byte)1, 32).ToArray()];
        using ManualPair pair = ManualPair.Noise("Noise_NNpsk2_25519_AESGCM_SHA256", psk);
        HandshakeMessage first = pair.Initiator.Write("hi"u8);
        HandshakeField payload = first.Fields[^1];
        Assert.True(payload.IsEncrypted);
        Assert.False(payload.IsSecret);
    }

    [Fact]
    public void A_step_out_of_turn_is_refused_names_the_state_and_changes_nothing()
    {
        using ManualPair pair = ManualPair.Station();
        var anything = new HandshakeMessage(new byte[32]);
        Assert.Contains("WriteDue", StationAssert.Fails(StationFault.InvalidState, () => pair.Initiator.Read(anything)).Message, StringComparison.Ordinal);
        Assert.Contains("ReadDue", StationAssert.Fails(StationFault.InvalidState, () => pair.Responder.Write()).Message, StringComparison.Ordinal);
        Assert.Contains("message 1 of 3", StationAssert.Fails(StationFault.InvalidState, () => pair.Responder.Complete()).Message, StringComparison.Ordinal);
        pair.Complete();
        Assert.Contains("Completed", StationAssert.Fails(StationFault.InvalidState, () => pair.Initiator.Complete()).Message, StringComparison.Ordinal);
        Assert.Contains("Completed", StationAssert.Fails(StationFault.InvalidState, () => pair.Responder.Read(anything)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Tampering_fails_at_the_message_that_proves_it(int number)
    {
        using ManualPair pair = ManualPair.Station();
        pair.Run(number - 1);
        (ManualHandshake writer, ManualHandshake reader) = number == 2 ? (pair.Responder, pair.Initiator) : (pair.Initiator, pair.Responder);
        byte[] bytes = writer.Write().ToBytes();
        bytes[^1] ^= 1;
        if (number == 1)
        {
            // A wrong ephemeral key looks like any other; message 2 does not fit it.
            reader.Read(new HandshakeMessage(bytes));
            (writer, reader, bytes) = (reader, writer, reader.Write().ToBytes());
        }

        StationException e = StationAssert.Fails(StationFault.HandshakeFailed, () => reader.Read(new HandshakeMessage(bytes)));
        Assert.Equal(number == 3 ? HandshakeStage.Message3 : HandshakeStage.Message2, e.Stage);
        Assert.Equal(ManualHandshakeState.Failed, reader.State);
        Assert.Same(e, reader.Failure);
        Assert.Contains("state Failed", StationAssert.Fails(StationFault.InvalidState, () => reader.Write()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_peer_that_is_not_the_expected_one_ends_the_handshake_before_this_side_shows_itself()
    {
        var initiator = new ManualStationHandshake(StationRole.Initiator, StationSuite.Default, ManualPair.Alice, ManualPair.Expect(ManualPair.Alice));
        var responder = new ManualStationHandshake(StationRole.Responder, StationSuite.Default, ManualPair.Bob, ManualPair.Expect(ManualPair.Alice));
        responder.Read(initiator.Write());
        StationAssert.Fails(StationFault.PeerUntrusted, () => initiator.Read(responder.Write()));
        Assert.Equal(ManualPair.Bob.Fingerprint.ToString(), initiator.RemoteFingerprint);
        StationAssert.Fails(StationFault.InvalidState, () => initiator.Write());
    }

    [Fact]
    public void An_invitation_works_by_hand_and_another_fails_at_message_1()
    {
        using StationInvitation invitation = StationInvitation.Create("h", 1, ManualPair.Bob.Fingerprint, DateTimeOffset.UtcNow.AddMinutes(1), temporary: true);
        using StationInvitation other = StationInvitation.Create("h", 1, ManualPair.Bob.Fingerprint, DateTimeOffset.UtcNow.AddMinutes(1), temporary: true);
        using StationInvitation expired = StationInvitation.Create("h", 1, ManualPair.Bob.Fingerprint, DateTimeOffset.UtcNow.AddMinutes(-1), temporary: true);
        var pair = new ManualPair(Initiator(invitation), Responder(invitation));
        (StationSession left, StationSession right) = pair.Complete();
        Assert.Equal(TrustBasis.Invitation, right.TrustBasis);
        Assert.Equal(left.Export("x", 32), right.Export("x", 32));
        StationException e = StationAssert.Fails(StationFault.HandshakeFailed, () => Responder(other).Read(Initiator(invitation).Write()));
        Assert.Equal(HandshakeStage.Message1, e.Stage);
        StationAssert.Fails(StationFault.InvitationExpired, () => Responder(expired).Read(Initiator(expired).Write()));

        static ManualStationHandshake Initiator(StationInvitation use) =>
            new(StationRole.Initiator, StationSuite.Default.WithInvitation(), ManualPair.Alice, new ClientTrust { Invitation = use }.Decide, use);
        static ManualStationHandshake Responder(StationInvitation use) =>
            new(StationRole.Responder, StationSuite.Default.WithInvitation(), ManualPair.Bob, new ListenerTrust().Decide, use);
    }

    [Theory]
    [InlineData("Noise_NN_25519_AESGCM_SHA256", 0)]
    [InlineData("Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s", 1)]
    [InlineData("Noise_XXpsk0+psk3_25519_AESGCM_SHA512", 2)]
    [InlineData("Noise_KK1_25519_ChaChaPoly_BLAKE2b", 0)]
    [InlineData("Noise_IKhfs+psk2_25519+MLKEM768_ChaChaPoly_BLAKE2s", 1)]
    [InlineData("Noise_KKhfs_25519+MLKEM768_AESGCM_SHA512", 0)]
    public void Raw_Noise_carries_payloads_and_ends_in_sessions_that_agree(string suite, int psks)
    {
        using ManualPair pair = ManualPair.Noise(suite, [.. Enumerable.Range(1, psks).Select(i => Enumerable.Repeat((byte)i, 32).ToArray())]);
        pair.Responder.Read(pair.Initiator.Write("payload"u8));
        Assert.Equal("payload"u8.ToArray(), pair.Responder.ReceivedPayload);
        (StationSession left, StationSession right) = pair.Complete();
        Assert.Equal("x", right.Protector.Unprotect(left.Protector.Protect(OutgoingMessage.Text("x"))).Body);
        Assert.Equal("transport"u8.ToArray(), ((DetachedSession)left).DecryptTransport(((DetachedSession)right).EncryptTransport("transport"u8.ToArray())));
    }

    [Fact]
    public void A_one_way_pattern_protects_one_way_only()
    {
        using ManualPair pair = ManualPair.Noise("Noise_X_25519_AESGCM_SHA256");
        (StationSession left, StationSession right) = pair.Complete();
        Assert.Equal("x", right.Protector.Unprotect(left.Protector.Protect(OutgoingMessage.Text("x"))).Body);
        StationAssert.Fails(StationFault.InvalidState, () => right.Protector.Protect(OutgoingMessage.Text("x")));
    }

    [Theory]
    [InlineData("Noise_NNpsk0_25519_AESGCM_SHA256", 1)]
    [InlineData("Noise_NNpsk2_25519_AESGCM_SHA256", 2)]
    public void Another_psk_fails_at_the_message_that_uses_it(string suite, int failing)
    {
        using ManualPair pair = ManualPair.Noise(suite, [Enumerable.Repeat((byte)2, 32).ToArray()], [Enumerable.Repeat((byte)1, 32).ToArray()]);
        StationException e = StationAssert.Fails(StationFault.HandshakeFailed, () => pair.Run());
        Assert.Contains($"message {failing} ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_prologue_fails_at_the_first_message_with_a_tag()
    {
        using ManualPair pair = ManualPair.Noise("Noise_NN_25519_AESGCM_SHA256", otherPrologue: "q");
        Assert.Contains("message 2 ", StationAssert.Fails(StationFault.HandshakeFailed, () => pair.Run()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_payload_that_is_too_long_or_not_allowed_changes_nothing()
    {
        using ManualPair noise = ManualPair.Noise("Noise_NN_25519_AESGCM_SHA256");
        StationAssert.Fails(StationFault.InvalidArgument, () => noise.Initiator.Write(new byte[65_504]));
        Assert.Equal(65_535, noise.Initiator.Write(new byte[65_503]).Length);
        using ManualPair station = ManualPair.Station();
        StationAssert.Fails(StationFault.InvalidArgument, () => station.Initiator.Write("x"u8));
        station.Complete();
    }

    [Theory]
    [InlineData("")]
    [InlineData("not base64!")]
    [InlineData("====")]
    public void Text_that_is_no_message_is_refused(string text) => StationAssert.Fails(StationFault.InvalidArgument, () => HandshakeMessage.Parse(text));

    [Fact]
    public void Text_that_is_far_too_long_is_refused_at_once() =>
        StationAssert.Fails(StationFault.InvalidArgument, () => HandshakeMessage.Parse(new string('A', 10_000_000)));

    [Fact]
    public void No_property_shows_a_secret()
    {
        byte[] psk = Encoding.ASCII.GetBytes("0123456789abcdef0123456789ABCDEF");
        using ManualPair pair = ManualPair.Noise("Noise_XXpsk3_25519_AESGCM_SHA256", [psk]);
        pair.Run(2);
        string shown = JsonSerializer.Serialize(StationTranscript.Of(pair.Initiator))
            + string.Join('\n', pair.Initiator.GetType().GetProperties().Select(property => property.GetValue(pair.Initiator)));
        Assert.Contains(pair.Initiator.LocalStatic!, shown, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToBase64String(psk), shown, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToHexStringLower(psk), shown, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("0123456789abcdef0123456789ABCDEF", shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task With_a_stream_Welcome_follows_and_a_live_session_results(bool canHalfClose)
    {
        using ManualPair pair = ManualPair.Station();
        pair.Run();
        (Stream left, Stream right) = DuplexStream.CreatePair();
        Task<StationSession> leftSession = ((ManualStationHandshake)pair.Initiator).CompleteAsync(Transport(left), cancellationToken: Token);
        Task<StationSession> rightSession = ((ManualStationHandshake)pair.Responder).CompleteAsync(Transport(right), cancellationToken: Token);
        StationSession alice = await leftSession;
        StationSession bob = await rightSession;
        Assert.Equal(bob.Id, alice.Id);
        await alice.SendAsync(OutgoingMessage.Text("over a stream"), Token);
        Assert.Equal("over a stream", (await bob.ReceiveAsync(Token)).Body);
        long start = Environment.TickCount64;
        await alice.CloseAsync(Token);
        await bob.CloseAsync(Token);
        Assert.True(Environment.TickCount64 - start < 3000, "The end took as long as if nobody had closed.");
        Assert.Equal(StationFault.SessionClosed, bob.EndReason!.Fault);
        Assert.Equal(StationFault.SessionClosed, alice.EndReason!.Fault);

        ITransport Transport(Stream stream) => canHalfClose
            ? new StreamTransport(((DuplexStream)stream).Input, ((DuplexStream)stream).Output)
            : new StreamTransport(stream);
    }

    [Fact]
    public async Task A_peer_that_sends_no_Welcome_is_given_up_on()
    {
        using ManualPair pair = ManualPair.Station();
        pair.Run();
        (Stream left, Stream right) = DuplexStream.CreatePair();
        Task<StationSession> session = ((ManualStationHandshake)pair.Initiator).CompleteAsync(new StreamTransport(left), cancellationToken: Token);
        await right.DisposeAsync();
        StationException e = await Assert.ThrowsAsync<StationException>(() => session);
        Assert.Equal((StationFault.HandshakeFailed, HandshakeStage.Welcome), (e.Fault, e.Stage));
    }

    [Fact]
    public async Task A_session_without_a_connection_says_so_when_something_is_sent()
    {
        using ManualPair pair = ManualPair.Station();
        (StationSession left, _) = pair.Complete();
        StationAssert.Fails(StationFault.InvalidState, () => left.SendAsync(OutgoingMessage.Text("x"), Token).AsTask().GetAwaiter().GetResult());
        await left.CloseAsync(Token);
        StationAssert.Fails(StationFault.InvalidState, () => left.Export("x", 32));
        StationAssert.Fails(StationFault.InvalidState, () => left.Protector.Protect(OutgoingMessage.Text("x")));
    }
}
