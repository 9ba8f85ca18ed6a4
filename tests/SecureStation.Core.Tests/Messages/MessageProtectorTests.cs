using SecureStation.Core.Connecting;
using SecureStation.Core.Messages;
using SecureStation.Core.Noise.Primitives;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;
using SecureStation.Core.Tests.Handshake;

namespace SecureStation.Core.Tests.Messages;

public class MessageProtectorTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Messages_of_every_kind_come_through_text_both_ways()
    {
        (MessageProtector left, MessageProtector right) = Pair();
        foreach ((MessageProtector from, MessageProtector to) in new[] { (left, right), (right, left) })
        {
            Assert.Equal("hällo", Carry(from, to, OutgoingMessage.Text("hällo")).Body);
            Assert.Equal(new byte[] { 1, 2 }, Carry(from, to, OutgoingMessage.Bytes(new byte[] { 1, 2 })).Body);
            StationMessage json = Carry(from, to, OutgoingMessage.Object("{}"u8.ToArray()));
            Assert.Equal((StationMessageKind.Object, 3ul), (json.Kind, json.Id));
            Assert.Equal(0, Carry(from, to, OutgoingMessage.Bytes(default)).Length);
        }

        StationAssert.Fails(StationFault.InvalidArgument, () => left.Protect(OutgoingMessage.Service("dh", default)));
        static StationMessage Carry(MessageProtector from, MessageProtector to, OutgoingMessage message) =>
            to.Unprotect(ProtectedMessage.Parse(from.Protect(message).ToString()));
    }

    [Fact]
    public void The_form_is_n_and_ciphertext_under_the_exported_key()
    {
        using ManualPair pair = ManualPair.Station();
        (StationSession left, StationSession right) = pair.Complete();
        left.Protector.Protect(OutgoingMessage.Text("first"));
        byte[] bytes = left.Protector.Protect(OutgoingMessage.Text("ab")).ToBytes();
        Assert.Equal(8 + 1 + 2 + 16, bytes.Length);
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 1], bytes[..8]);
        using AeadCipher cipher = AeadCipher.Create("AESGCM", right.Export("protect i", 32));
        byte[] plaintext = new byte[3];
        cipher.Decrypt(1, [], bytes.AsSpan(8, 3), bytes.AsSpan(11), plaintext);
        Assert.Equal([1, (byte)'a', (byte)'b'], plaintext);
    }

    [Fact]
    public void In_order_a_replay_a_gap_and_tampering_are_refused_and_move_nothing()
    {
        (MessageProtector left, MessageProtector right) = Pair();
        ProtectedMessage[] sent = [.. Enumerable.Range(0, 3).Select(i => left.Protect(OutgoingMessage.Text($"{i}")))];
        StationAssert.Fails(StationFault.OutOfOrder, () => right.Unprotect(sent[1]));
        right.Unprotect(sent[0]);
        StationAssert.Fails(StationFault.Replayed, () => right.Unprotect(sent[0]));
        StationAssert.Fails(StationFault.DecryptionFailed, () => right.Unprotect(Flip(sent[1], 9)));
        StationAssert.Fails(StationFault.DecryptionFailed, () => right.Unprotect(Flip(sent[0], 7)));
        StationAssert.Fails(StationFault.DecryptionFailed, () => left.Unprotect(sent[0]));
        Assert.Equal(1ul, right.NextExpected);
        Assert.Equal("1", right.Unprotect(sent[1]).Body);
        Assert.Equal("2", right.Unprotect(sent[2]).Body);
    }

    [Fact]
    public void With_reordering_each_message_is_taken_once_within_the_window()
    {
        (MessageProtector left, MessageProtector right) = Pair();
        ProtectedMessage[] sent = [.. Enumerable.Range(0, 3000).Select(i => left.Protect(OutgoingMessage.Text($"{i}")))];
        foreach (int i in new[] { 5, 0, 4, 1028, 6, 1100, 78, 77 })
        {
            Assert.Equal($"{i}", right.Unprotect(sent[i], allowReorder: true).Body);
            StationAssert.Fails(StationFault.Replayed, () => right.Unprotect(sent[i], allowReorder: true));
        }

        // The window is the newest and the 1,023 before it.
        StationAssert.Fails(StationFault.Replayed, () => right.Unprotect(sent[76], allowReorder: true));
        StationAssert.Fails(StationFault.DecryptionFailed, () => right.Unprotect(Flip(sent[2999], 8), allowReorder: true));
        Assert.Equal(1101ul, right.NextExpected);
        Assert.Equal("2999", right.Unprotect(sent[2999], allowReorder: true).Body);
        StationAssert.Fails(StationFault.Replayed, () => right.Unprotect(sent[1100], allowReorder: true));
        Assert.Equal("1976", right.Unprotect(sent[1976], allowReorder: true).Body);
    }

    [Fact]
    public void The_window_agrees_with_a_plain_set_on_random_orders()
    {
        var random = new Random(6479);
        var window = new ReplayWindow();
        var taken = new HashSet<ulong>();
        ulong highest = 0;
        for (int i = 0; i < 200_000; i++)
        {
            ulong number = (ulong)Math.Max(0, (long)highest + random.Next(-1500, random.Next(50) == 0 ? 3000 : 40));
            bool expected = taken.Contains(number) || (taken.Count > 0 && number + ReplayWindow.Size <= highest);
            Assert.True(expected == window.IsTaken(number), $"{number} with {highest} as the highest");
            if (!expected)
            {
                window.Take(number);
                taken.Add(number);
                highest = Math.Max(highest, number);
            }
        }
    }

    [Fact]
    public void A_direction_ends_at_2_to_the_32()
    {
        (MessageProtector left, MessageProtector right) = Pair();
        left.SkipTo(MessageProtector.MaxMessages - 1);
        ProtectedMessage last = left.Protect(OutgoingMessage.Text("last"));
        Assert.Equal("last", right.Unprotect(last, allowReorder: true).Body);
        Assert.Contains("2^32", StationAssert.Fails(StationFault.InvalidState, () => left.Protect(OutgoingMessage.Text("x"))).Message, StringComparison.Ordinal);
        byte[] beyond = last.ToBytes();
        beyond[3] = 1;
        StationAssert.Fails(StationFault.DecryptionFailed, () => right.Unprotect(new ProtectedMessage(beyond), allowReorder: true));
    }

    [Fact]
    public async Task A_live_session_goes_on_undisturbed()
    {
        await using StationLoopback pair = await StationLoopback.CreateAsync(cancellationToken: Token);
        for (int i = 0; i < 50; i++)
        {
            ProtectedMessage message = pair.Left.Protector.Protect(OutgoingMessage.Text($"aside {i}"));
            await pair.Left.SendAsync(OutgoingMessage.Text($"live {i}"), Token);
            Assert.Equal($"aside {i}", pair.Right.Protector.Unprotect(message).Body);
            Assert.Equal($"live {i}", (await pair.Right.ReceiveAsync(Token)).Body);
        }

        // Rekeys of the session change nothing for protected messages.
        ((SecureSession)pair.Left).UpdateKeys();
        Assert.Equal("after", pair.Right.Protector.Unprotect(pair.Left.Protector.Protect(OutgoingMessage.Text("after"))).Body);
        await pair.Left.CloseAsync(Token);
        StationAssert.Fails(StationFault.InvalidState, () => pair.Left.Protector.Protect(OutgoingMessage.Text("x")));
    }

    [Fact]
    public async Task A_message_of_another_session_is_not_read()
    {
        await using StationLoopback one = await StationLoopback.CreateAsync(cancellationToken: Token);
        await using StationLoopback two = await StationLoopback.CreateAsync(cancellationToken: Token);
        StationAssert.Fails(StationFault.DecryptionFailed, () => two.Right.Protector.Unprotect(one.Left.Protector.Protect(OutgoingMessage.Text("x"))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("AAAA")]
    [InlineData("%%%")]
    public void Text_that_is_no_protected_message_is_refused(string text) => StationAssert.Fails(StationFault.InvalidArgument, () => ProtectedMessage.Parse(text));

    private static (MessageProtector Left, MessageProtector Right) Pair()
    {
        using ManualPair pair = ManualPair.Station();
        (StationSession left, StationSession right) = pair.Complete();
        return (left.Protector, right.Protector);
    }

    private static ProtectedMessage Flip(ProtectedMessage message, int index)
    {
        byte[] bytes = message.ToBytes();
        bytes[index] ^= 1;
        return new ProtectedMessage(bytes);
    }
}
