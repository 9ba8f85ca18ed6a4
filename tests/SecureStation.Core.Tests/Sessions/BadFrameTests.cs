using SecureStation.Core.Framing;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Core.Transport;

namespace SecureStation.Core.Tests.Sessions;

/// <summary>A connected peer that breaks the protocol: one typed error, a Close that says why, nothing more delivered.</summary>
public class BadFrameTests
{
    private static readonly byte[] s_text = Wire.Text(1, "before");

    public static TheoryData<string> ProtocolErrors { get; } = [.. Bad.Keys];

    private static Dictionary<string, byte[]> Bad => new()
    {
        ["type 0"] = Wire.Raw(0, 0),
        ["type 8"] = Wire.Raw(8, 0),
        ["type 255"] = Wire.Raw(255, 0),
        ["flag 2 on Message"] = Wire.Text(2, "x", flags: 2),
        ["flag 1 on Ack"] = Wire.Raw(3, 1, new byte[16]),
        ["flag 128 on Ping"] = Wire.Raw(4, 128, new byte[8]),
        ["flag 2 on Rekey"] = Wire.Raw(7, 2),
        ["Welcome of 31 bytes"] = Wire.Frame(FrameType.Welcome, new byte[31]),
        ["Ack of 15 bytes"] = Wire.Frame(FrameType.Ack, new byte[15]),
        ["Ack of 17 bytes"] = Wire.Frame(FrameType.Ack, new byte[17]),
        ["Ping of 0 bytes"] = Wire.Frame(FrameType.Ping),
        ["Pong of 9 bytes"] = Wire.Frame(FrameType.Pong, new byte[9]),
        ["Close of 2 bytes"] = Wire.Frame(FrameType.Close, new byte[2]),
        ["Rekey with a body"] = Wire.Frame(FrameType.Rekey, 1),
        ["Message of 1 MiB and a byte announced"] = [2, 0, .. Wire.U32((1024 * 1024) + 1)],
        ["Message of 4 GiB announced"] = [2, 0, 255, 255, 255, 255],
        ["empty first Message frame"] = Wire.Frame(FrameType.Message),
        ["first Message frame of 18 bytes"] = Wire.Frame(FrameType.Message, new byte[18]),
        ["second Welcome"] = Wire.Welcome(),
        ["kind 0"] = Wire.Message(2, 0, "x"u8),
        ["kind 5"] = Wire.Message(2, 5, "x"u8),
        ["id 0"] = Wire.Text(0, "x"),
        ["the same id again"] = Wire.Text(1, "x"),
        ["an id left out"] = Wire.Text(3, "x"),
        ["a header too many"] = Wire.Frame(FrameType.Message, [.. Wire.U64(2), .. Wire.U64(0), 1, 0, 1, 0, 0]),
        ["65 headers"] = Wire.Frame(FrameType.Message, [.. Wire.U64(2), .. Wire.U64(0), 1, 0, 65, .. new byte[65 * 4]]),
        ["65535 headers"] = Wire.Frame(FrameType.Message, [.. Wire.U64(2), .. Wire.U64(0), 1, 255, 255]),
        ["a header longer than its frame"] = Wire.Frame(FrameType.Message, [.. Wire.U64(2), .. Wire.U64(0), 1, 0, 1, 0, 9, 65, 0, 0]),
        ["a header value longer than its frame"] = Wire.Frame(FrameType.Message, [.. Wire.U64(2), .. Wire.U64(0), 1, 0, 1, 0, 1, 65, 0, 9]),
        ["a header that is not UTF-8"] = Wire.Frame(FrameType.Message, [.. Wire.U64(2), .. Wire.U64(0), 1, 0, 1, 0, 1, 255, 0, 0]),
        ["headers of 64 KiB and a byte"] = Wire.Message(2, 1, [], headers: [("a", new string('x', 40_000)), ("b", new string('x', 65_537 - 40_000 - 10))]),
        ["headers over 64 KiB"] = Wire.Message(2, 1, [], headers: [("a", new string('x', 40_000)), ("b", new string('x', 40_000))]),
        ["Ack of a message that was not sent"] = Wire.Ack(1, 0),
        ["Ack of bytes that were not sent"] = Wire.Ack(0, 1),
        ["Rekey not last in its message"] = [.. Wire.Frame(FrameType.Rekey), .. Wire.Ping(1)],
    };

    [Theory]
    [MemberData(nameof(ProtocolErrors))]
    public async Task A_peer_that_breaks_the_protocol_is_told_and_cut_off(string which)
    {
        (FakePeer peer, StationSession session) = await FakePeer.WithResponderAsync();
        await using (peer)
        {
            byte[] bad = Bad[which];
            await peer.SendAsync(s_text);
            for (int i = 0; i < bad.Length; i += 60_000)
            {
                try
                {
                    await peer.SendAsync(bad[i..Math.Min(bad.Length, i + 60_000)]);
                }
                catch (IOException)
                {
                    break; // cut off already
                }
            }

            Assert.Equal(StationReason.ProtocolError, await peer.ReadCloseAsync());
            Assert.Equal("before", (await session.ReceiveAsync(TestContext.Current.CancellationToken)).Body);
            await Expect.EndAsync(StationFault.ProtocolError, session);
            Assert.Equal(1, session.MessagesReceived);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16)]
    public async Task A_transport_message_without_plaintext_is_a_ProtocolError(int length)
    {
        (FakePeer peer, StationSession session) = await FakePeer.WithResponderAsync();
        await using (peer)
        {
            await peer.SendRawAsync(length == 16 ? peer.Seal([]) : [.. Wire.U16((ushort)length), .. new byte[length]]);
            Assert.Equal(StationReason.ProtocolError, await peer.ReadCloseAsync());
            await Expect.EndAsync(StationFault.ProtocolError, session);
        }
    }

    [Fact]
    public async Task What_is_whole_before_the_fault_is_delivered_though_it_came_in_one_piece_with_it()
    {
        (FakePeer peer, StationSession session) = await FakePeer.WithResponderAsync();
        await using (peer)
        {
            byte[] good = peer.Seal(s_text);
            byte[] garbage = peer.Seal(Wire.Text(2, "altered"));
            garbage[^1] ^= 1;
            await peer.SendRawAsync([.. good, .. garbage]);
            await peer.ReadCloseAsync();
            Assert.Equal("before", (await session.ReceiveAsync(TestContext.Current.CancellationToken)).Body);
            await Expect.EndAsync(StationFault.DecryptionFailed, session);
        }
    }

    [Fact]
    public async Task Headers_of_64_KiB_are_taken_and_given()
    {
        (FakePeer peer, StationSession session) = await FakePeer.WithResponderAsync();
        await using (peer)
        {
            byte[] message = Wire.Message(1, 1, "x"u8, headers: [("a", new string('x', 40_000)), ("b", new string('y', 65_536 - 40_000 - 10))]);
            await peer.SendAsync(message[..50_000]);
            await peer.SendAsync(message[50_000..]);
            StationMessage received = await session.ReceiveAsync(TestContext.Current.CancellationToken);
            Assert.Equal("x", received.Body);

            await session.SendAsync(new OutgoingMessage(StationMessageKind.Text, "x"u8.ToArray()) { Headers = received.Headers }, TestContext.Current.CancellationToken);
            (FrameType type, _, byte[] body) = await peer.ReadFrameAsync();
            Assert.Equal((FrameType.Message, 19 + 65_536 + 1), (type, body.Length));
            var tooMuch = new OutgoingMessage(StationMessageKind.Text, default) { Headers = [.. received.Headers, new("", "")] };
            StationException e = await Assert.ThrowsAsync<StationException>(() => session.SendAsync(tooMuch, TestContext.Current.CancellationToken).AsTask());
            Assert.Equal(StationFault.MessageTooLarge, e.Fault);
        }
    }

    [Fact]
    public async Task Sixty_four_headers_are_taken_and_given_and_no_more()
    {
        (FakePeer peer, StationSession session) = await FakePeer.WithResponderAsync();
        await using (peer)
        {
            await peer.SendAsync(Wire.Message(1, 1, "x"u8, headers: [.. Enumerable.Range(0, 64).Select(static i => ($"h{i}", ""))]));
            StationMessage received = await session.ReceiveAsync(TestContext.Current.CancellationToken);
            Assert.Equal(64, received.Headers.Count);

            await session.SendAsync(new OutgoingMessage(StationMessageKind.Text, default) { Headers = received.Headers }, TestContext.Current.CancellationToken);
            Assert.Equal(FrameType.Message, (await peer.ReadFrameAsync()).Type);
            var tooMany = new OutgoingMessage(StationMessageKind.Text, default) { Headers = [.. received.Headers, new("", "")] };
            StationException e = await Assert.ThrowsAsync<StationException>(() => session.SendAsync(tooMany, TestContext.Current.CancellationToken).AsTask());
            Assert.Equal(StationFault.MessageTooLarge, e.Fault);
        }
    }

    [Fact]
    public async Task Headers_that_come_byte_by_byte_are_the_same_headers()
    {
        (FakePeer peer, StationSession session) = await FakePeer.WithResponderAsync();
        await using (peer)
        {
            foreach (byte octet in Wire.Message(1, 1, "body"u8, headers: [("a", "b"), ("", ""), ("name", new string('v', 300))]))
            {
                await peer.SendAsync([octet]);
            }

            await peer.SendAsync(Wire.Text(2, "next"));
            StationMessage message = await session.ReceiveAsync(TestContext.Current.CancellationToken);
            Assert.Equal([new("a", "b"), new("", ""), new("name", new string('v', 300))], message.Headers);
            Assert.Equal("body", message.Body);
            Assert.Equal("next", (await session.ReceiveAsync(TestContext.Current.CancellationToken)).Body);
        }
    }

    [Fact]
    public async Task An_Ack_that_goes_back_is_a_ProtocolError()
    {
        (FakePeer peer, StationSession session) = await FakePeer.WithResponderAsync();
        await using (peer)
        {
            for (int i = 0; i < 2; i++)
            {
                await session.SendAsync(OutgoingMessage.Text("12345"), TestContext.Current.CancellationToken);
                await peer.ReadFrameAsync();
            }

            await peer.SendAsync(Wire.Ack(2, 10));
            await session.WaitDeliveredAsync(2, TestContext.Current.CancellationToken);
            await peer.SendAsync(Wire.Ack(2, 9));
            Assert.Equal(StationReason.ProtocolError, await peer.ReadCloseAsync());
            await Expect.EndAsync(StationFault.ProtocolError, session);
        }
    }

    [Fact]
    public async Task A_message_after_Close_is_not_delivered()
    {
        (FakePeer peer, StationSession session) = await FakePeer.WithResponderAsync();
        await using (peer)
        {
            await peer.SendAsync(s_text, Wire.Close(), Wire.Text(2, "after"));
            await peer.ReadToEndAsync();
            Assert.Equal("before", (await session.ReceiveAsync(TestContext.Current.CancellationToken)).Body);
            await Expect.EndAsync(StationFault.ProtocolError, session);
        }
    }

    [Fact]
    public async Task The_rest_of_a_message_after_Close_is_not_delivered()
    {
        (FakePeer peer, StationSession session) = await FakePeer.WithResponderAsync();
        await using (peer)
        {
            // A transport message that can only be body, which is decrypted to where it would stay.
            byte[] rest = Wire.More(new byte[FrameWriter.DirectFrom], moreFollows: false);
            byte[] before = peer.Seal([.. Wire.Text(1, "half", flags: 1), .. Wire.Close(), .. rest[..FrameHeader.Size]]);
            await peer.SendRawAsync([.. before, .. peer.Seal(rest.AsSpan(FrameHeader.Size))]);
            await peer.ReadToEndAsync();
            await Expect.EndAsync(StationFault.ProtocolError, session);
            Assert.Equal(0, session.MessagesReceived);
        }
    }

    [Fact]
    public async Task A_body_before_Welcome_is_refused()
    {
        (MemoryTransport left, MemoryTransport right) = MemoryTransport.CreatePair();
        await using var peer = new FakePeer(left);
        Task<StationSession> accepting = FakePeer.StartResponder(right);
        await peer.HandshakeAsync();
        byte[] message = Wire.More(new byte[FrameWriter.DirectFrom], moreFollows: false);
        await peer.SendAsync(message[..FrameHeader.Size]);
        await peer.SendAsync(message[FrameHeader.Size..]);
        Assert.Equal(StationReason.ProtocolError, await peer.ReadCloseAsync());
        await Expect.HandshakeFailureAsync(HandshakeStage.Welcome, accepting);
    }

    [Fact]
    public async Task Close_with_a_reason_ends_the_session_and_shows_it()
    {
        (FakePeer peer, StationSession session) = await FakePeer.WithResponderAsync();
        await using (peer)
        {
            await peer.SendAsync(s_text, Wire.Close(StationReason.Timeout));
            Assert.Equal(StationReason.Closed, await peer.ReadCloseAsync());
            await peer.Transport.CompleteWritesAsync();
            Assert.Equal("before", (await session.ReceiveAsync(TestContext.Current.CancellationToken)).Body);
            StationException e = await Expect.EndAsync(StationFault.SessionClosed, session);
            Assert.Equal(nameof(StationReason.Timeout), e.PeerHint);
        }
    }

    [Fact]
    public async Task Close_drops_the_unfinished_message()
    {
        (FakePeer peer, StationSession session) = await FakePeer.WithResponderAsync();
        await using (peer)
        {
            await peer.SendAsync(Wire.Text(1, "half", flags: 1), Wire.Close());
            (FrameType type, _, byte[] body) = await peer.ReadFrameAsync();
            Assert.Equal(FrameType.Close, type);
            Assert.Equal(Wire.U64(0), body[2..]);
            await peer.Transport.CompleteWritesAsync();
            await Expect.EndAsync(StationFault.SessionClosed, session);
            Assert.Equal(0, session.MessagesReceived);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_message_larger_than_Welcome_allows_is_refused_by_name(bool inOneFrame)
    {
        (FakePeer peer, StationSession session) = await FakePeer.WithResponderAsync(new StationLimits { MaxMessageSize = 100 });
        await using (peer)
        {
            if (inOneFrame)
            {
                // Before the body is here.
                await peer.SendAsync(Wire.Message(1, 2, new byte[101])[..40]);
            }
            else
            {
                await peer.SendAsync(Wire.Message(1, 2, new byte[60], flags: 1), Wire.More(new byte[60], moreFollows: true));
            }

            Assert.Equal(StationReason.MessageTooLarge, await peer.ReadCloseAsync());
            await Expect.EndAsync(StationFault.MessageTooLarge, session);
        }
    }

    [Fact]
    public async Task A_message_of_many_frames_with_control_frames_between_arrives()
    {
        (FakePeer peer, StationSession session) = await FakePeer.WithResponderAsync();
        await using (peer)
        {
            await peer.SendAsync(Wire.Text(1, "a", flags: 1), Wire.Ping(7), Wire.More("b"u8, true), Wire.More([], true), Wire.Ack(0, 0), Wire.Frame(FrameType.Pong, new byte[8]), Wire.More("c"u8, false));
            Assert.Equal("abc", (await session.ReceiveAsync(TestContext.Current.CancellationToken)).Body);
            (FrameType type, _, byte[] body) = await peer.ReadFrameAsync();
            Assert.Equal(FrameType.Pong, type);
            Assert.Equal(Wire.U64(7), body);
        }
    }

    [Fact]
    public async Task Pings_without_end_that_cannot_be_answered_end_the_session()
    {
        (FakePeer peer, StationSession session) = await FakePeer.WithResponderAsync();
        await using (peer)
        {
            // Until the Pongs, which nobody reads, have filled the connection.
            byte[] pings = [.. Enumerable.Repeat(Wire.Ping(1), 4000).SelectMany(static frame => frame)];
            for (int i = 0; i < 100 && session.State == StationSessionState.Open; i++)
            {
                try
                {
                    await peer.SendAsync(pings);
                }
                catch (IOException)
                {
                    break;
                }
            }

            await Expect.EndAsync(StationFault.ProtocolError, session);
        }
    }

    [Fact]
    public async Task Too_many_transport_messages_without_Rekey_end_the_session()
    {
        // Welcome is the first under this key.
        (FakePeer peer, StationSession session) = await FakePeer.WithResponderAsync(new StationLimits { MaxMessagesWithoutRekey = 10 });
        await using (peer)
        {
            for (int i = 1; i <= 9; i++)
            {
                await peer.SendAsync(Wire.Text((ulong)i, $"{i}"));
            }

            await peer.SendAsync(Wire.Text(10, "one too many"));
            Assert.Equal(StationReason.ProtocolError, await peer.ReadCloseAsync());
            await Expect.EndAsync(StationFault.ProtocolError, session);
            Assert.Equal(9, session.MessagesReceived);
        }
    }

    [Fact]
    public async Task Flipping_any_byte_of_a_transport_message_ends_the_session_and_delivers_nothing_more()
    {
        byte[] plaintext = Wire.Text(1, "x");
        for (int i = 2; i < 2 + plaintext.Length + 16; i++)
        {
            (FakePeer peer, StationSession session) = await FakePeer.WithResponderAsync();
            await using (peer)
            {
                byte[] message = peer.Seal(plaintext);
                byte[] next = peer.Seal(Wire.Text(1, "y"));
                byte[] altered = [.. message];
                altered[i] ^= 0x10;
                await peer.SendRawAsync([.. altered, .. message, .. next]);
                Assert.Equal(StationReason.ProtocolError, await peer.ReadCloseAsync());
                await Expect.EndAsync(StationFault.DecryptionFailed, session);
                Assert.Equal(0, session.MessagesReceived);
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Flipping_a_byte_of_a_length_ends_the_session(int index)
    {
        (FakePeer peer, StationSession session) = await FakePeer.WithResponderAsync();
        await using (peer)
        {
            byte[] message = peer.Seal(Wire.Text(1, "x"));
            message[index] ^= (byte)(index == 0 ? 1 : 8);
            await peer.SendRawAsync(message);
            await peer.Transport.CompleteWritesAsync();
            StationException e = await Assert.ThrowsAsync<StationException>(() => session.ReceiveAsync(TestContext.Current.CancellationToken).AsTask());
            Assert.Equal(index == 0 ? StationFault.Truncated : StationFault.DecryptionFailed, e.Fault);
        }
    }

    [Fact]
    public async Task A_replayed_transport_message_is_DecryptionFailed()
    {
        (FakePeer peer, StationSession session) = await FakePeer.WithResponderAsync();
        await using (peer)
        {
            byte[] message = peer.Seal(s_text);
            await peer.SendRawAsync(message);
            Assert.Equal("before", (await session.ReceiveAsync(TestContext.Current.CancellationToken)).Body);
            await peer.SendRawAsync(message);
            await Expect.EndAsync(StationFault.DecryptionFailed, session);
        }
    }

    [Fact]
    public async Task The_initiator_judges_its_peer_by_the_same_rules()
    {
        (FakePeer peer, StationSession session) = await FakePeer.WithInitiatorAsync();
        await using (peer)
        {
            await peer.SendAsync(s_text, Wire.Text(3, "a gap"));
            Assert.Equal(StationReason.ProtocolError, await peer.ReadCloseAsync());
            Assert.Equal("before", (await session.ReceiveAsync(TestContext.Current.CancellationToken)).Body);
            await Expect.EndAsync(StationFault.ProtocolError, session);
        }
    }
}
