using SecureStation.Core.Connecting;
using SecureStation.Core.Keys;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;

namespace SecureStation.Core.Tests.Sessions;

public class LoopbackTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Messages_of_every_kind_arrive_in_order_both_ways()
    {
        await using StationLoopback pair = await StationLoopback.CreateAsync(cancellationToken: Token);
        foreach ((StationSession from, StationSession to) in new[] { (pair.Left, pair.Right), (pair.Right, pair.Left) })
        {
            await from.SendAsync(OutgoingMessage.Text("hällo"), Token);
            await from.SendAsync(OutgoingMessage.Bytes(new byte[] { 1, 2, 3 }), Token);
            await from.SendAsync(OutgoingMessage.Object("{}"u8.ToArray()), Token);
            await from.SendAsync(OutgoingMessage.Text(string.Empty), Token);

            StationMessage text = await to.ReceiveAsync(Token);
            Assert.Equal("hällo", text.Body);
            Assert.Equal(1ul, text.Id);
            Assert.Same(to, text.Session);
            Assert.Equal(new byte[] { 1, 2, 3 }, (await to.ReceiveAsync(Token)).Body);
            StationMessage json = await to.ReceiveAsync(Token);
            Assert.Equal(StationMessageKind.Object, json.Kind);
            Assert.Equal("{}"u8.ToArray(), json.BodyBytes.ToArray());
            Assert.Equal(string.Empty, (await to.ReceiveAsync(Token)).Body);
        }
    }

    [Fact]
    public async Task Both_sides_describe_the_same_session()
    {
        await using StationLoopback pair = await StationLoopback.CreateAsync(cancellationToken: Token);
        Assert.Equal(pair.Right.Id, pair.Left.Id);
        Assert.Equal(32, pair.Left.Id.Length);
        Assert.Equal(pair.Right.HandshakeHash.ToArray(), pair.Left.HandshakeHash.ToArray());
        Assert.Equal(pair.Right.LocalFingerprint, pair.Left.RemoteFingerprint);
        Assert.Equal(pair.Left.LocalFingerprint, pair.Right.RemoteFingerprint);
        Assert.Equal((StationRole.Initiator, StationRole.Responder), (pair.Left.Role, pair.Right.Role));
        Assert.True(pair.Left.IsSecure);
    }

    [Theory]
    [InlineData(StationKeyAlgorithm.Ed25519, StationKeyAlgorithm.Rsa)]
    [InlineData(StationKeyAlgorithm.Rsa, StationKeyAlgorithm.EcdsaP256)]
    [InlineData(StationKeyAlgorithm.EcdsaP256, StationKeyAlgorithm.Ed25519)]
    [InlineData(StationKeyAlgorithm.Rsa, StationKeyAlgorithm.Rsa)]
    public async Task Identities_of_all_algorithms_shake_hands(StationKeyAlgorithm left, StationKeyAlgorithm right)
    {
        using StationKeyPair leftKey = StationKeyPair.Generate(left);
        using StationKeyPair rightKey = StationKeyPair.Generate(right);
        foreach (string suite in new[] { Suites.Hybrid, Suites.HybridChaChaPoly })
        {
            await using StationLoopback pair = await StationLoopback.CreateAsync(leftKey, rightKey, suite, cancellationToken: Token);
            Assert.Equal(leftKey.PublicKey, pair.Right.RemotePublicKey);
            Assert.Equal(rightKey.PublicKey, pair.Left.RemotePublicKey);
            Assert.Equal(suite, pair.Left.Suite);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_493)]
    [InlineData(65_494)]
    [InlineData(131_072)]
    [InlineData(1_048_576)]
    [InlineData(16 * 1024 * 1024)]
    public async Task A_message_of_any_size_arrives_whole(int size)
    {
        await using StationLoopback pair = await StationLoopback.CreateAsync(cancellationToken: Token);
        byte[] body = new byte[size];
        new Random(size).NextBytes(body);
        ulong id = await pair.Left.SendAsync(OutgoingMessage.Bytes(body), Token);
        await pair.Left.SendAsync(OutgoingMessage.Text("after"), Token);
        StationMessage message = await pair.Right.ReceiveAsync(Token);
        Assert.True(body.AsSpan().SequenceEqual(message.BodyBytes.Span));
        Assert.Equal("after", (await pair.Right.ReceiveAsync(Token)).Body);
        await pair.Left.WaitDeliveredAsync(id, Token);
    }

    [Fact]
    public async Task A_message_larger_than_the_peer_allows_is_refused_before_it_is_sent()
    {
        var limits = new StationLimits { MaxMessageSize = 1000 };
        await using StationLoopback pair = await StationLoopback.CreateAsync(limits: limits, cancellationToken: Token);
        StationException e = await Assert.ThrowsAsync<StationException>(() => pair.Left.SendAsync(OutgoingMessage.Bytes(new byte[1001]), Token).AsTask());
        Assert.Equal(StationFault.MessageTooLarge, e.Fault);
        await pair.Left.SendAsync(OutgoingMessage.Bytes(new byte[1000]), Token);
        Assert.Equal(1000, (await pair.Right.ReceiveAsync(Token)).Length);
    }

    [Fact]
    public async Task Many_small_messages_from_several_senders_all_arrive()
    {
        await using StationLoopback pair = await StationLoopback.CreateAsync(cancellationToken: Token);
        const int senders = 4, each = 5000;
        Task[] sending = [.. Enumerable.Range(0, senders).Select(sender => Task.Run(async () =>
        {
            for (int i = 0; i < each; i++)
            {
                await pair.Left.SendAsync(OutgoingMessage.Text($"{sender} {i}"), Token);
            }
        }, Token))];
        int[] next = new int[senders];
        for (int i = 0; i < senders * each; i++)
        {
            string[] parts = ((string)(await pair.Right.ReceiveAsync(Token)).Body!).Split(' ');
            int sender = int.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture);
            Assert.Equal(next[sender]++, int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture));
        }

        await Task.WhenAll(sending);
        Assert.Equal(senders * each, pair.Right.MessagesReceived);
    }

    [Fact]
    public async Task Headers_and_replies_travel_with_the_message()
    {
        await using StationLoopback pair = await StationLoopback.CreateAsync(cancellationToken: Token);
        await pair.Left.SendAsync(new OutgoingMessage(StationMessageKind.Text, "q"u8.ToArray()) { Headers = [new("a", "1"), new("ü", "")] }, Token);
        StationMessage question = await pair.Right.ReceiveAsync(Token);
        Assert.Equal([new("a", "1"), new("ü", "")], question.Headers);
        await question.Session.SendAsync(new OutgoingMessage(StationMessageKind.Text, "r"u8.ToArray()) { InReplyTo = question.Id }, Token);
        Assert.Equal(question.Id, (await pair.Left.ReceiveAsync(Token)).InReplyTo);
    }

    [Fact]
    public async Task Text_that_is_not_UTF8_arrives_without_a_body_and_says_so()
    {
        await using StationLoopback pair = await StationLoopback.CreateAsync(cancellationToken: Token);
        await pair.Left.SendAsync(new OutgoingMessage(StationMessageKind.Text, new byte[] { 0xff, 0xfe }), Token);
        StationMessage message = await pair.Right.ReceiveAsync(Token);
        Assert.Null(message.Body);
        Assert.Equal(StationFault.MalformedBody, message.Error);
        Assert.Equal(new byte[] { 0xff, 0xfe }, message.BodyBytes.ToArray());
    }
}
