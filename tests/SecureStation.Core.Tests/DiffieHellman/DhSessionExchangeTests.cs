using System.Security.Cryptography;
using Microsoft.Extensions.Time.Testing;
using SecureStation.Core.Connecting;
using SecureStation.Core.DiffieHellman;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;

namespace SecureStation.Core.Tests.DiffieHellman;

public class DhSessionExchangeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("ffdhe2048")]
    [InlineData("modp3072")]
    [InlineData("X25519")]
    public async Task Both_sides_get_the_same_secret_and_the_same_bound_key(string group)
    {
        await using StationLoopback pair = await StationLoopback.CreateAsync(cancellationToken: Token);
        Task<DhSharedSecret> answering = new DhSessionExchange(pair.Right).AnswerAsync(cancellationToken: Token);
        using DhKeyPair own = Make(group);

        using DhSharedSecret left = await new DhSessionExchange(pair.Left).InvokeAsync(own, cancellationToken: Token);
        using DhSharedSecret right = await answering;

        Assert.Equal(left.ToHex(), right.ToHex());
        Assert.Equal(group, right.GroupName);
        Assert.Equal(own.PublicKey, right.PeerPublicKey);
        Assert.Equal(left.Key!.ToHex(), right.Key!.ToHex());
        byte[] binding = ((SecureSession)pair.Left).Export("dh", 32);
        Assert.Equal(HKDF.DeriveKey(HashAlgorithmName.SHA256, left.ToBytes(), 32, binding, []), left.Key.ToBytes());
    }

    [Fact]
    public async Task The_bound_key_differs_between_sessions_and_from_the_plain_one()
    {
        var keys = new HashSet<string>();
        using DhKeyPair own = Make("ffdhe2048");
        for (int i = 0; i < 2; i++)
        {
            await using StationLoopback pair = await StationLoopback.CreateAsync(cancellationToken: Token);
            Task<DhSharedSecret> answering = new DhSessionExchange(pair.Left).AnswerAsync(cancellationToken: Token);
            using DhSharedSecret secret = await new DhSessionExchange(pair.Right).InvokeAsync(own, cancellationToken: Token);
            using DhSharedSecret other = await answering;
            Assert.True(keys.Add(secret.Key!.ToHex()));
            Assert.NotEqual(secret.DeriveKey(32).ToHex(), secret.Key.ToHex());
        }
    }

    [Theory]
    [InlineData("ffdhe2048")]
    [InlineData("X25519")]
    public async Task One_that_its_invoker_gave_up_is_not_answered_the_next_one_is(string group)
    {
        await using StationLoopback pair = await StationLoopback.CreateAsync(cancellationToken: Token);
        ((SecureSession)pair.Right).Services.SwitchOn("dh");
        using DhKeyPair own = Make(group);
        using var giveUp = new CancellationTokenSource();
        Task<DhSharedSecret> givenUp = new DhSessionExchange(pair.Left).InvokeAsync(own, cancellationToken: giveUp.Token);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => givenUp);
        await pair.Left.WaitDeliveredAsync(await pair.Left.SendAsync(OutgoingMessage.Text("all is there"), Token), Token);

        Task<DhSharedSecret> answering = new DhSessionExchange(pair.Right).AnswerAsync(cancellationToken: Token);
        using DhKeyPair fresh = Make(group);
        using DhSharedSecret left = await new DhSessionExchange(pair.Left).InvokeAsync(fresh, cancellationToken: Token);
        using DhSharedSecret right = await answering;
        Assert.Equal(left.ToHex(), right.ToHex());
    }

    [Fact]
    public async Task One_that_is_given_up_half_way_is_dropped_and_the_next_one_answered()
    {
        await using StationLoopback pair = await StationLoopback.CreateAsync(cancellationToken: Token);
        Task<DhSharedSecret> answering = new DhSessionExchange(pair.Right).AnswerAsync(cancellationToken: Token);
        using DhKeyPair own = Make("ffdhe2048");
        ulong half = await pair.Left.SendAsync(OutgoingMessage.Service("dh", own.Parameter!.ToDer()), Token);
        ((SecureSession)pair.Left).Services.Withdraw("dh", half);
        using DhSharedSecret left = await new DhSessionExchange(pair.Left).InvokeAsync(own, cancellationToken: Token);
        using DhSharedSecret right = await answering;
        Assert.Equal(left.ToHex(), right.ToHex());
    }

    [Fact]
    public async Task Several_exchanges_follow_one_another_in_both_directions()
    {
        await using StationLoopback pair = await StationLoopback.CreateAsync(cancellationToken: Token);
        for (int i = 0; i < 4; i++)
        {
            (StationSession invoker, StationSession answerer) = i % 2 == 0 ? (pair.Left, pair.Right) : (pair.Right, pair.Left);
            Task<DhSharedSecret> answering = new DhSessionExchange(answerer).AnswerAsync(cancellationToken: Token);
            using DhKeyPair own = Make("ffdhe2048");
            using DhSharedSecret a = await new DhSessionExchange(invoker).InvokeAsync(own, cancellationToken: Token);
            using DhSharedSecret b = await answering;
            Assert.Equal(a.ToHex(), b.ToHex());
        }
    }

    [Fact]
    public async Task A_peer_that_does_not_receive_exchanges_is_UnknownService()
    {
        await using StationLoopback pair = await StationLoopback.CreateAsync(cancellationToken: Token);
        using DhKeyPair own = Make("ffdhe2048");
        StationException refused = await Assert.ThrowsAsync<StationException>(() => new DhSessionExchange(pair.Left).InvokeAsync(own, cancellationToken: Token));
        Assert.Equal(StationFault.UnknownService, refused.Fault);
        Assert.Equal(0, pair.Right.InboxCount);
    }

    [Theory]
    [InlineData("other parameters", StationFault.InvalidParameter)]
    [InlineData("weak", StationFault.InvalidParameter)]
    [InlineData("value 1", StationFault.InvalidParameter)]
    [InlineData("key of another group", StationFault.InvalidParameter)]
    [InlineData("garbage", StationFault.InvalidKey)]
    [InlineData("oversize", StationFault.MessageTooLarge)]
    public async Task What_is_not_acceptable_is_refused_to_the_peer_and_told_the_caller(string what, StationFault fault)
    {
        await using StationLoopback pair = await StationLoopback.CreateAsync(cancellationToken: Token);
        DhParameter group = DhGroup.Get("ffdhe2048").Parameter;
        DhParameter? expected = what == "other parameters" ? DhGroup.Get("modp2048").Parameter : null;
        Task<DhSharedSecret> answering = new DhSessionExchange(pair.Right).AnswerAsync(expected, Token);
        if (what is not ("garbage" or "oversize"))
        {
            byte[] parameter = what == "weak" ? new DhParameter(Samples.SafePrime512, 2).ToDer() : group.ToDer();
            await pair.Left.SendAsync(OutgoingMessage.Service("dh", parameter), Token);
        }

        byte[] body = what switch
        {
            "other parameters" => Samples.PublicKeyInfo(group.Prime, 2, 4),
            "weak" => Samples.PublicKeyInfo(Samples.SafePrime512, 2, 4),
            "value 1" => Samples.PublicKeyInfo(group.Prime, 2, 1),
            "key of another group" => Samples.PublicKeyInfo(DhGroup.Get("modp2048").Prime, 2, 4),
            "oversize" => new byte[20_000],
            _ => [1, 2, 3],
        };
        StationException invoked = await Assert.ThrowsAsync<StationException>(
            () => ((SecureSession)pair.Left).Services.RequestAsync(OutgoingMessage.Service("dh", body), Token));
        StationException answered = await Assert.ThrowsAsync<StationException>(() => answering);

        Assert.Equal(StationFault.PeerRefused, invoked.Fault);
        Assert.Equal(fault.ToString(), invoked.PeerHint);
        Assert.Equal(fault, answered.Fault);
        Assert.Equal(StationSessionState.Open, pair.Right.State);
    }

    [Fact]
    public async Task An_invoker_with_patience_waits_for_a_late_receiver()
    {
        await using StationLoopback pair = await StationLoopback.CreateAsync(cancellationToken: Token);
        using DhKeyPair own = Make("ffdhe2048");
        var time = new FakeTimeProvider();
        Task<DhSharedSecret> invoking = new DhSessionExchange(pair.Left, policy: null, time).InvokeAsync(own, TimeSpan.FromMinutes(5), Token);

        // Twenty times it asks for nothing: parameters and key are refused each time.
        while (pair.Right.MessagesSent < 40)
        {
            await Task.Delay(1, Token);
            time.Advance(DhSessionExchange.AskAgainAfter);
        }

        Task<DhSharedSecret> answering = new DhSessionExchange(pair.Right).AnswerAsync(cancellationToken: Token);
        while (!invoking.IsCompleted)
        {
            await Task.Delay(1, Token);
            time.Advance(DhSessionExchange.AskAgainAfter);
        }

        using DhSharedSecret right = await answering;
        using DhSharedSecret left = await invoking;
        Assert.Equal(left.ToHex(), right.ToHex());
    }

    [Fact]
    public async Task A_key_whose_parameters_came_too_early_is_answered()
    {
        await using StationLoopback pair = await StationLoopback.CreateAsync(cancellationToken: Token);
        Task<DhSharedSecret> answering = new DhSessionExchange(pair.Right).AnswerAsync(cancellationToken: Token);
        using DhKeyPair own = Make("modp2048");
        StationMessage answer = await ((SecureSession)pair.Left).Services.RequestAsync(OutgoingMessage.Service("dh", own.PublicKey.ToSubjectPublicKeyInfo()), Token);
        using DhSharedSecret right = await answering;
        using DhSharedSecret left = DhExchange.Agree(own, DhPublicKey.Import(answer.BodyBytes.Span, cancellationToken: Token));
        Assert.Equal(left.ToHex(), right.ToHex());
    }

    [Fact]
    public async Task After_a_refusal_the_next_exchange_succeeds()
    {
        await using StationLoopback pair = await StationLoopback.CreateAsync(cancellationToken: Token);
        Task<DhSharedSecret> answering = new DhSessionExchange(pair.Right).AnswerAsync(DhGroup.Get("modp2048").Parameter, Token);
        using DhKeyPair wrong = Make("ffdhe2048");
        Assert.Equal(StationFault.PeerRefused, (await Assert.ThrowsAsync<StationException>(() => new DhSessionExchange(pair.Left).InvokeAsync(wrong, cancellationToken: Token))).Fault);
        Assert.Equal(StationFault.InvalidParameter, (await Assert.ThrowsAsync<StationException>(() => answering)).Fault);

        answering = new DhSessionExchange(pair.Right).AnswerAsync(DhGroup.Get("modp2048").Parameter, Token);
        using DhKeyPair right = Make("modp2048");
        using DhSharedSecret a = await new DhSessionExchange(pair.Left).InvokeAsync(right, cancellationToken: Token);
        using DhSharedSecret b = await answering;
        Assert.Equal(a.Key!.ToHex(), b.Key!.ToHex());
    }

    [Fact]
    public async Task A_session_that_ends_ends_the_waits()
    {
        StationLoopback pair = await StationLoopback.CreateAsync(cancellationToken: Token);
        Task<DhSharedSecret> answering = new DhSessionExchange(pair.Right).AnswerAsync(cancellationToken: Token);
        await pair.DisposeAsync();
        Assert.Equal(StationFault.SessionClosed, (await Assert.ThrowsAsync<StationException>(() => answering)).Fault);
    }

    private static DhKeyPair Make(string group) => group == "X25519" ? DhKeyPair.GenerateX25519() : DhKeyPair.Generate(DhGroup.Get(group).Parameter, cancellationToken: Token);
}
