using System.Collections.Concurrent;
using SecureStation.Core.Connecting;
using SecureStation.Core.Handshake;
using SecureStation.Core.Listening;
using SecureStation.Core.Sessions;
using SecureStation.Core.Tests.Handshake;
using SecureStation.Core.Tests.Sessions;
using SecureStation.Core.Transport;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Tests.Listening;

/// <summary>Hybrid and classical suites at one listener; what goes wrong with a KEM is one typed error at its stage, in both roles, and the listener goes on.</summary>
public sealed class HybridListenerTests : IAsyncDisposable
{
    private readonly StationListener _listener = TestListener.Start();
    private readonly ConcurrentQueue<StationException> _failures = new();

    public HybridListenerTests() => _listener.HandshakeFailed += (_, e) => _failures.Enqueue(e.Failure);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Bends { get; } = ["first coefficient", "last coefficient", "every coefficient"];

    public static TheoryData<string> WrongNames { get; } =
    [
        "Noise_XXhfs_25519+ML-KEM-768_AESGCM_SHA256",
        "Noise_XXhfs_25519+XWing_AESGCM_SHA256",
        "Noise_XXpsk3+hfs_25519+MLKEM768_AESGCM_SHA256",
        "Noise_XXhfs_25519_AESGCM_SHA256",
        "Noise_XX_25519+MLKEM768_AESGCM_SHA256",
        "Noise_NNhfs_25519+MLKEM768_AESGCM_SHA256",
    ];

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    [Theory]
    [InlineData(null, Suites.Hybrid)]
    [InlineData(Suites.HybridChaChaPoly, Suites.HybridChaChaPoly)]
    [InlineData(Suites.Classical, Suites.Classical)]
    [InlineData(Suites.ClassicalChaChaPoly, Suites.ClassicalChaChaPoly)]
    public async Task A_listener_takes_hybrid_and_classical(string? suite, string spoken)
    {
        await using StationSession session = await ConnectAsync(suite);
        await TestListener.AssertWorksAsync(_listener, session);
        StationSession accepted = await _listener.AcceptAsync(Token);
        Assert.Equal((spoken, spoken), (session.Suite, accepted.Suite));
        string secrecy = spoken.Contains("hfs", StringComparison.Ordinal) ? "hybrid" : "classical";
        Assert.Equal(($"secrecy: {secrecy}, authentication: classical", session.Security), (session.Security, accepted.Security));
    }

    /// <summary>The suite of an invitation is the one that its listener says it takes; nothing is tried after it.</summary>
    [Theory]
    [InlineData(null, true, Suites.HybridInvited)]
    [InlineData(Suites.ClassicalInvited, false, Suites.ClassicalInvited)]
    [InlineData(Suites.HybridInvited, true, Suites.HybridInvited)]
    public async Task An_invitation_says_which_suite_to_use(string? allowed, bool takesHybrid, string spoken)
    {
        await using StationListener listener = StationListener.Start(new StationListenerOptions { Trust = new ListenerTrust(), Suites = allowed is null ? StationSuite.Names : [allowed] });
        using StationInvitation invitation = StationInvitation.Parse(listener.Invitation!.Reveal());
        Assert.Equal(takesHybrid, invitation.TakesHybrid);
        await using StationSession session = await TestListener.ConnectAsync(invitation);
        Assert.Equal((spoken, TrustBasis.Invitation), (session.Suite, session.TrustBasis));
    }

    [Theory]
    [InlineData(Suites.Hybrid)]
    [InlineData(Suites.Classical)]
    public async Task Without_a_suite_for_invitations_there_are_none(string allowed)
    {
        await using StationListener listener = StationListener.Start(new StationListenerOptions { Trust = new ListenerTrust(), Suites = [allowed] });
        Assert.Null(listener.Invitation);
        StationException e = Assert.Throws<StationException>(() => listener.CreateInvitation(1, TimeSpan.FromHours(1)));
        Assert.Equal(StationFault.InvalidState, e.Fault);
    }

    /// <summary>An older listener's invitation, whose listener would take a hybrid by now: the client does as the invitation says.</summary>
    [Fact]
    public async Task An_invitation_without_kem_is_used_with_the_classical_suite()
    {
        string uri = _listener.Invitation!.Reveal();
        Assert.EndsWith("&kem=1", uri, StringComparison.Ordinal);
        using StationInvitation older = StationInvitation.Parse(uri[..^"&kem=1".Length]);
        await using StationSession session = await TestListener.ConnectAsync(older);
        Assert.Equal(Suites.ClassicalInvited, session.Suite);
    }

    [Fact]
    public async Task A_listener_that_takes_no_hybrid_says_so_and_nothing_else_is_tried()
    {
        await using StationListener listener = StationListener.Start(
            new StationListenerOptions { Trust = new ListenerTrust { Mode = TrustMode.Any }, Suites = [Suites.Classical, Suites.ClassicalInvited] });
        StationException e = await Expect.FaultAsync(StationFault.HandshakeFailed, TestListener.ConnectAsync(listener));
        Assert.Equal((HandshakeStage.Message2, nameof(StationReason.UnsupportedSuite)), (e.Stage, e.PeerHint));
        Assert.EndsWith(
            $"the other side, or anybody on the way, says that {Suites.Hybrid} is not taken there (UnsupportedSuite). "
            + $"Only if you know that this station is old: -Suite {Suites.Classical}, and what is recorded then can be decrypted once X25519 falls.",
            e.Message,
            StringComparison.Ordinal);
        await Expect.UntilAsync(() => listener.HandshakesFailed == 1);
        Assert.Empty(listener.Sessions);
    }

    [Fact]
    public async Task A_classical_suite_that_is_refused_is_answered_by_the_hybrid()
    {
        await using StationListener listener = StationListener.Start(
            new StationListenerOptions { Trust = new ListenerTrust { Mode = TrustMode.Any }, Suites = [Suites.Hybrid, Suites.HybridInvited] });
        StationException e = await Expect.FaultAsync(StationFault.HandshakeFailed, StationClient.ConnectAsync(
            new StationClientOptions
            {
                Host = "127.0.0.1",
                Port = listener.Port,
                Suite = Suites.Classical,
                Trust = new ClientTrust { ExpectedFingerprint = listener.PublicKey.Fingerprint },
            },
            Token));
        Assert.EndsWith($"{Suites.Classical} is not taken there (UnsupportedSuite). Leave -Suite out, which asks for the hybrid.", e.Message, StringComparison.Ordinal);
        string uri = listener.Invitation!.Reveal();
        using StationInvitation older = StationInvitation.Parse(uri[..^"&kem=1".Length]);
        e = await Expect.FaultAsync(StationFault.HandshakeFailed, TestListener.ConnectAsync(older));
        Assert.EndsWith($"ask for a new invitation, or: -Suite {Suites.Hybrid}.", e.Message, StringComparison.Ordinal);
    }

    /// <summary>What the invitation says of its listener came another way than the refusal: the other hybrid suite is the one to try.</summary>
    [Fact]
    public async Task By_invitation_the_other_hybrid_suite_is_named_first()
    {
        await using StationListener listener = StationListener.Start(
            new StationListenerOptions { Trust = new ListenerTrust(), Suites = [Suites.HybridChaChaPoly, StationSuite.Parse(Suites.HybridChaChaPoly).WithInvitation().Name] });
        StationInvitation invitation = listener.Invitation!;
        StationException e = await Expect.FaultAsync(StationFault.HandshakeFailed, TestListener.ConnectAsync(invitation));
        Assert.EndsWith(
            $"{Suites.HybridInvited} is not taken there (UnsupportedSuite). The invitation says that a hybrid suite is: try the other, -Suite {Suites.HybridChaChaPoly}. "
            + $"Only if you know that this station is old: -Suite {Suites.Classical}, and what is recorded then can be decrypted once X25519 falls.",
            e.Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(WrongNames))]
    public async Task Another_name_is_refused_and_the_listener_goes_on(string name)
    {
        await using FakePeer peer = await FakePeer.ConnectAsync(_listener.Port);
        await peer.SendRawAsync(Preamble.Format(name));
        Assert.Equal(StationReason.UnsupportedSuite, await peer.ReadRefusalAsync());
        await AssertGoesOnAsync(HandshakeStage.Preamble);
    }

    [Theory]
    [InlineData(1215)]
    [InlineData(1217)]
    [InlineData(1248)]
    [InlineData(32)]
    public async Task Another_length_of_message_1_is_refused_and_the_listener_goes_on(int length)
    {
        await using FakePeer peer = await FakePeer.ConnectAsync(_listener.Port);
        await peer.SendRawAsync([.. Preamble.Format(Suites.Hybrid), .. Wire.U16((ushort)length)]);
        await peer.ReadToEndAsync();
        await AssertGoesOnAsync(HandshakeStage.Message1);
    }

    [Theory]
    [MemberData(nameof(Bends))]
    public async Task A_KEM_key_that_is_not_reduced_is_refused_and_the_listener_goes_on(string bend)
    {
        foreach (string suite in new[] { Suites.Hybrid, Suites.HybridChaChaPoly })
        {
            await using FakePeer peer = new(await FakePeer.ConnectSocketAsync(_listener.Port)) { Kem = new BentKem(bendKey: Bend(bend)) };
            await peer.SendMessage1Async(suite);
            await peer.ReadToEndAsync();
            StationException e = await AssertGoesOnAsync(HandshakeStage.Message1);
            Assert.Contains("3329", e.ToString(), StringComparison.Ordinal);
        }
    }

    /// <summary>With an invitation too, where the key travels encrypted under what everybody can compute.</summary>
    [Fact]
    public async Task A_KEM_key_that_is_not_reduced_is_refused_by_invitation_too()
    {
        StationInvitation invitation = _listener.Invitation!;
        await using FakePeer peer = new(await FakePeer.ConnectSocketAsync(_listener.Port)) { Kem = new BentKem(bendKey: Bend("last coefficient")) };
        await peer.SendMessage1Async(Suites.HybridInvited, invitation.Id.ToArray(), invitation.UsePsk(psk => psk.ToArray()));
        await peer.ReadToEndAsync();
        await AssertGoesOnAsync(HandshakeStage.Message1);
        Assert.NotNull(_listener.Invitation);
    }

    [Fact]
    public async Task A_point_of_low_order_is_refused_and_the_listener_goes_on()
    {
        await using FakePeer peer = await FakePeer.ConnectAsync(_listener.Port);
        await peer.SendRawAsync([.. Preamble.Format(Suites.Hybrid), .. Wire.U16(1216), .. new byte[1216]]);
        Assert.Equal(StationReason.HandshakeFailed, await peer.ReadRefusalAsync());
        await AssertGoesOnAsync(HandshakeStage.Message2);
    }

    /// <summary>The client's side: the ciphertext is altered before it is encrypted (implicit rejection), or on the way. It cannot tell one from the other.</summary>
    [Theory]
    [InlineData("bit of the ciphertext, encrypted rightly")]
    [InlineData("ciphertext of zeros, encrypted rightly")]
    [InlineData("bit of the ciphertext on the way")]
    [InlineData("bit of its tag on the way")]
    [InlineData("cut inside the ciphertext")]
    [InlineData("no ciphertext at all")]
    public async Task A_tampered_KEM_ciphertext_is_HandshakeFailed_at_message_2(string fault)
    {
        (MemoryTransport station, MemoryTransport end) = MemoryTransport.CreatePair();
        await using FakePeer peer = new(end)
        {
            Kem = new BentKem(bendCiphertext: fault switch
            {
                "bit of the ciphertext, encrypted rightly" => static ciphertext => ciphertext[500] ^= 4,
                "ciphertext of zeros, encrypted rightly" => static ciphertext => ciphertext.Clear(),
                _ => null,
            }),
        };
        Task<StationSession> connecting = FakePeer.StartInitiator(station);
        await peer.ReadMessage1Async();
        byte[] message = peer.WriteHandshakeMessage(peer.IdentityPayloadBytes)[2..];
        switch (fault)
        {
            case "bit of the ciphertext on the way":
                message[32 + 700] ^= 1;
                break;
            case "bit of its tag on the way":
                message[32 + 1088] ^= 1;
                break;
            case "cut inside the ciphertext":
                message = message[..800];
                break;
            case "no ciphertext at all":
                message = [.. message.AsSpan(0, 32), .. message.AsSpan(32 + 1104)];
                break;
        }

        await peer.SendRawAsync([.. Wire.U16((ushort)message.Length), .. message]);
        StationException e = await Expect.HandshakeFailureAsync(HandshakeStage.Message2, connecting);
        Assert.Null(e.PeerHint);
    }

    private static Action<Span<byte>> Bend(string bend) => bend switch
    {
        "first coefficient" => static key => (key[0], key[1]) = (0x01, (byte)((key[1] & 0xf0) | 0x0d)), // 3329
        "last coefficient" => static key => (key[1150], key[1151]) = (0xff, 0xff),
        _ => static key => key[..1152].Fill(0xff),
    };

    private Task<StationSession> ConnectAsync(string? suite) => StationClient.ConnectAsync(
        new StationClientOptions
        {
            Host = "127.0.0.1",
            Port = _listener.Port,
            Suite = suite,
            Trust = new ClientTrust { ExpectedFingerprint = _listener.PublicKey.Fingerprint },
        },
        Token).WaitAsync(TestListener.Patience, Token);

    /// <summary>The listener has reported one failure, at that stage, and serves the next client.</summary>
    private async Task<StationException> AssertGoesOnAsync(HandshakeStage stage)
    {
        await Expect.UntilAsync(() => !_failures.IsEmpty);
        Assert.True(_failures.TryDequeue(out StationException? failure));
        Assert.Equal((StationFault.HandshakeFailed, stage), (failure.Fault, failure.Stage));
        await using StationSession session = await ConnectAsync(suite: null);
        await TestListener.AssertWorksAsync(_listener, session);
        Assert.Empty(_failures);
        return failure;
    }
}
