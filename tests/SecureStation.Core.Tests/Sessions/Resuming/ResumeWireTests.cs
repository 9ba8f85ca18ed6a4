using System.Buffers.Binary;
using SecureStation.Core.Framing;
using SecureStation.Core.Keys;
using SecureStation.Core.Keys.Files;
using SecureStation.Core.Listening;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;
using SecureStation.Core.Tests.Listening;
using SecureStation.Core.Tests.Protocol;

namespace SecureStation.Core.Tests.Sessions.Resuming;

/// <summary>
/// Section 12 of docs/protocol/station-1.md at a listener, frame by frame: the examples in the document, and initiators that ask for what is not theirs, come
/// too often, or lie.
/// </summary>
public class ResumeWireTests
{
    private static readonly IReadOnlyDictionary<string, byte[]> s_blocks = StationDocument.ReadBlocks();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_frames_in_the_document_are_what_goes_over_the_wire()
    {
        await using StationListener listener = TestListener.Start();
        using var key = StationKeyPair.Generate();
        await using FakePeer peer = await ShakeHandsAsync(listener, key);
        await peer.SendAsync(s_blocks["resume-welcome-1"]);
        (string id, byte[] welcome) = await ReadWelcomeAsync(peer);
        Assert.Equal(Example("resume-welcome-2", id), welcome);
        await peer.SendAsync(Wire.Text(1, "a"));
        Assert.Equal(FrameType.Ack, (await peer.ReadFrameAsync(withAcks: true)).Type);
        await peer.SendAsync(Wire.Text(2, "b"));
        await ResumedPair.Until(() => listener.Sessions[0].MessagesReceived == 2);
        peer.Transport.Abort();

        await using FakePeer again = await ShakeHandsAsync(listener, key);
        await again.SendAsync(Example("resume-welcome-3", id));
        Assert.Equal(Example("resume-welcome-4", id), (await ReadWelcomeAsync(again)).Bytes);
        Assert.Equal(s_blocks["resume-ack"], Bytes(await again.ReadFrameAsync(withAcks: true)));

        await using FakePeer stranger = await ShakeHandsAsync(listener);
        await stranger.SendAsync(Example("resume-welcome-3", id));
        Assert.Equal(s_blocks["resume-not-resumed"], Bytes(await stranger.ReadFrameAsync()));

        // The later connection wins; the earlier is told, and dropped.
        await using FakePeer third = await ShakeHandsAsync(listener, key);
        await third.SendAsync(Example("resume-welcome-3", id));
        await ReadWelcomeAsync(third);
        Assert.Equal(s_blocks["resume-superseded"], Bytes(await again.ReadFrameAsync()));
        Assert.Null(await again.TryReadFrameAsync());

        Assert.Equal("a", (await listener.ReceiveAsync(Token)).Body);
        Assert.Equal("b", (await listener.ReceiveAsync(Token)).Body);
        StationSession session = listener.Sessions[0];
        Assert.Equal(2, ((SecureSession)session).Resumes);
        session.Abort();
        await using FakePeer late = await ShakeHandsAsync(listener, key);
        await late.SendAsync(Example("resume-welcome-3", id));
        Assert.Equal(s_blocks["resume-ended"], Bytes(await late.ReadFrameAsync()));
    }

    [Fact]
    public async Task A_session_that_was_never_here_is_not_resumed_and_none_begins_in_its_place()
    {
        await using StationListener listener = TestListener.Start();
        await using FakePeer peer = await ShakeHandsAsync(listener);
        await peer.SendAsync(Welcome(new string('7', 32), 0));
        Assert.Equal(StationReason.NotResumed, await peer.ReadCloseAsync());
        Assert.Empty(listener.Sessions);
        await ResumedPair.Until(() => listener.HandshakesFailed == 1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task An_id_that_goes_back_or_beyond_ends_that_connection_and_the_session_stays(ulong lastId)
    {
        await using StationListener listener = TestListener.Start();
        using var key = StationKeyPair.Generate();
        (FakePeer peer, string id) = await BeginAsync(listener, key);
        await using (peer)
        {
            // One message from the listener, acknowledged: 1 is all that can be named.
            await listener.Sessions[0].SendAsync(OutgoingMessage.Text("x"), Token);
            await peer.ReadFrameAsync();
            await peer.SendAsync(Wire.Ack(1, 0));
            await listener.Sessions[0].WaitDeliveredAsync(1, Token);
            await using FakePeer liar = await ShakeHandsAsync(listener, key);
            await liar.SendAsync(Welcome(id, lastId));
            Assert.Equal(StationReason.ProtocolError, await liar.ReadCloseAsync());

            // The connection in force was not touched.
            await peer.SendAsync(Wire.Text(1, "still here"));
            Assert.Equal("still here", (await listener.ReceiveAsync(Token)).Body);
        }
    }

    [Fact]
    public async Task A_resume_with_another_suite_or_without_R_is_none()
    {
        await using StationListener listener = TestListener.Start();
        using var key = StationKeyPair.Generate();
        (FakePeer peer, string id) = await BeginAsync(listener, key);
        await using (peer)
        {
            await using FakePeer other = await ShakeHandsAsync(listener, key, Suites.Classical);
            await other.SendAsync(Welcome(id, 0));
            Assert.Equal(StationReason.NotResumed, await other.ReadCloseAsync());
            await using FakePeer plain = await ShakeHandsAsync(listener, key);
            await plain.SendAsync(Welcome(id, 0, isKept: false));
            Assert.Equal(StationReason.NotResumed, await plain.ReadCloseAsync());
            await peer.SendAsync(Wire.Text(1, "untouched"));
            Assert.Equal("untouched", (await listener.ReceiveAsync(Token)).Body);
        }
    }

    [Fact]
    public async Task A_session_whose_peer_never_offered_R_ends_at_a_cut_and_is_not_resumed()
    {
        await using StationListener listener = TestListener.Start();
        using var key = StationKeyPair.Generate();
        await using FakePeer old = await ShakeHandsAsync(listener, key);
        await old.SendAsync(Wire.Welcome());
        (string id, _) = await ReadWelcomeAsync(old);
        StationSession session = await listener.AcceptAsync(Token);
        old.Transport.Abort();
        await Expect.EndAsync(StationFault.Truncated, session);
        await using FakePeer again = await ShakeHandsAsync(listener, key);
        await again.SendAsync(Welcome(id, 0));
        Assert.Equal(StationReason.NotResumed, await again.ReadCloseAsync());
    }

    [Fact]
    public async Task More_than_five_resumes_a_second_of_one_identity_are_too_many_and_another_identity_is_not_held_up()
    {
        await using StationListener listener = TestListener.Start(new StationLimits { MaxResumesPerSecond = 2 });
        using var key = StationKeyPair.Generate();
        using var otherKey = StationKeyPair.Generate();
        (FakePeer peer, string id) = await BeginAsync(listener, key);
        (FakePeer other, string otherId) = await BeginAsync(listener, otherKey);
        await using (peer)
        await using (other)
        {
            // All are shaken hands with before the first asks, so that they come within a second on a slow machine too.
            FakePeer[] flood = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => ShakeHandsAsync(listener, key)));
            await using FakePeer fair = await ShakeHandsAsync(listener, otherKey);
            foreach (FakePeer one in flood)
            {
                await one.SendAsync(Welcome(id, 0));
            }

            FrameType[] answers = await Task.WhenAll(flood.Select(static async one => (await one.ReadFrameAsync()).Type));
            Assert.Contains(FrameType.Close, answers);
            await fair.SendAsync(Welcome(otherId, 0));
            Assert.Equal(FrameType.Welcome, (await fair.ReadFrameAsync()).Type);
            foreach (FakePeer one in flood)
            {
                await one.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task A_Welcome_that_does_not_come_is_the_handshakes_timeout()
    {
        await using StationListener listener = TestListener.Start(new StationLimits { HandshakeTimeout = TimeSpan.FromSeconds(2) });
        await using FakePeer peer = await ShakeHandsAsync(listener);
        await peer.ReadToEndAsync();
        await ResumedPair.Until(() => listener.HandshakesFailed == 1);
        Assert.Empty(listener.Sessions);
    }

    [Fact]
    public async Task Whose_trust_was_withdrawn_does_not_come_back()
    {
        using var folder = new TemporaryFolder();
        var store = new Core.Trust.FileTrustStore(folder.Path);
        using var key = StationKeyPair.Generate();
        store.Add(new Core.Trust.PeerRecord { Name = "peer", Fingerprint = key.PublicKey.Fingerprint, Accept = true }, replace: false);
        await using StationListener listener = StationListener.Start(new StationListenerOptions { Trust = new Core.Trust.ListenerTrust { Store = store } });
        (FakePeer peer, string id) = await BeginAsync(listener, key);
        await using (peer)
        {
            peer.Transport.Abort();
            StationSession session = listener.Sessions[0];
            await ResumedPair.Until(() => session.State == StationSessionState.Reconnecting);
            store.Revoke(key.PublicKey.Fingerprint);
            await Expect.EndAsync(StationFault.SessionClosed, session);
            await using FakePeer again = await ShakeHandsAsync(listener, key);
            await again.SendAsync(Welcome(id, 0));
            Assert.Equal(StationReason.PeerUntrusted, await again.ReadCloseAsync());
        }
    }

    private static async Task<(FakePeer Peer, string Id)> BeginAsync(StationListener listener, StationKeyPair key)
    {
        FakePeer peer = await ShakeHandsAsync(listener, key);
        await peer.SendAsync(Welcome(WelcomeFrame.NoSession, 0));
        (string id, _) = await ReadWelcomeAsync(peer);
        await ResumedPair.Until(() => listener.Sessions.Any(session => session.Id == id));
        return (peer, id);
    }

    private static async Task<FakePeer> ShakeHandsAsync(StationListener listener, StationKeyPair? key = null, string suite = Suites.Hybrid)
    {
        // The peer disposes of its key; the next one needs it too.
        var peer = new FakePeer(await FakePeer.ConnectSocketAsync(listener.Port)) { Identity = key is null ? StationKeyPair.Generate() : Copy(key) };
        await peer.HandshakeAsync(suite);
        return peer;
    }

    private static StationKeyPair Copy(StationKeyPair key) => KeyFile.ParsePrivate(KeyFile.FormatPrivate(key));

    private static byte[] Welcome(string id, ulong lastId, bool isKept = true)
    {
        byte[] frame = new byte[FrameHeader.Size + WelcomeFrame.BodyLength];
        new WelcomeFrame(id, lastId, 1 << 24, 1 << 20, isKept).Write(frame);
        return frame;
    }

    private static async Task<(string Id, byte[] Bytes)> ReadWelcomeAsync(FakePeer peer)
    {
        (FrameType Type, byte Flags, byte[] Body) frame = await peer.ReadFrameAsync();
        Assert.Equal(FrameType.Welcome, frame.Type);
        return (Convert.ToHexStringLower(frame.Body.AsSpan(0, 16)), Bytes(frame));
    }

    // The document's session has an id that is easy to see.
    private static byte[] Example(string name, string id) =>
        Convert.FromHexString(Convert.ToHexStringLower(s_blocks[name]).Replace(Convert.ToHexStringLower(ExampleKeys.SessionId), id, StringComparison.Ordinal));

    private static byte[] Bytes((FrameType Type, byte Flags, byte[] Body) frame)
    {
        byte[] bytes = new byte[FrameHeader.Size + frame.Body.Length];
        bytes[0] = (byte)frame.Type;
        bytes[1] = frame.Flags;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(2), frame.Body.Length);
        frame.Body.CopyTo(bytes, FrameHeader.Size);
        return bytes;
    }
}
