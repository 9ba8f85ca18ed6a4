using SecureStation.Core.Framing;
using SecureStation.Core.Handshake;
using SecureStation.Core.Handshake.Driving;
using SecureStation.Core.Keys;
using SecureStation.Core.Sessions;
using SecureStation.Core.Tests.Sessions;
using SecureStation.Core.Transport;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Tests.Handshake;

/// <summary>What all who connect have in common: a client, a loopback, a probe.</summary>
public sealed class InitiatorDriverTests : IAsyncDisposable
{
    private static readonly StationKeyPair s_key = StationKeyPair.Generate();

    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(60));
    private readonly StationStaticKey _static = new(s_key);
    private readonly GivenUpTransport _transport;
    private readonly FakePeer _peer;
    private readonly InitiatorDriver _driver;
    private readonly Stages _stages = new();

    public InitiatorDriverTests()
    {
        (MemoryTransport station, MemoryTransport peer) = MemoryTransport.CreatePair();
        _transport = new GivenUpTransport(station);
        _peer = new FakePeer(peer);
        var terms = new InitiatorTerms(StationSuite.Default, Invitation: null, StationLimits.Default, static _ => TrustVerdict.Trusted(TrustBasis.Any));
        _driver = new InitiatorDriver(_transport, _static, terms, _stages);
    }

    public async ValueTask DisposeAsync()
    {
        _driver.Dispose();
        await _peer.DisposeAsync();
        _transport.Abort();
        _static.Dispose();
        _deadline.Dispose();
    }

    [Fact]
    public async Task Each_stage_is_told_when_it_is_through()
    {
        await MeetAsync();
        Assert.Equal([HandshakeStage.Message1, HandshakeStage.Message2, HandshakeStage.Trust], _stages.Passed);
        Task<FakePeer> answering = AnswerAsync();
        await _driver.EnterAsync(_deadline.Token);
        Assert.Equal([HandshakeStage.Message3, HandshakeStage.Welcome], _stages.Passed.Skip(3));
        await answering;
    }

    [Fact]
    public async Task Who_refuses_after_meeting_has_shown_nobody_who_it_is()
    {
        await MeetAsync();
        await Task.WhenAll(_driver.RefuseAsync(StationReason.Closed).AsTask(), RefusedAsync());
        Assert.Null(_driver.Session);

        async Task RefusedAsync()
        {
            Assert.Equal(StationReason.Closed, await _peer.ReadRefusalAsync());
            _peer.Transport.Abort();
        }
    }

    [Fact]
    public async Task Where_message_3_cannot_be_written_the_keys_are_gone()
    {
        await MeetAsync();
        _transport.Fail = new IOException("Cut.");
        await Expect.HandshakeFailureAsync(HandshakeStage.Message3, _driver.EnterAsync(_deadline.Token));
        AssertKeysAreGone();
    }

    [Fact]
    public async Task Where_the_wait_for_Welcome_is_given_up_the_keys_are_gone()
    {
        await MeetAsync();
        using var impatience = new CancellationTokenSource();
        Task entering = _driver.EnterAsync(impatience.Token);
        await _peer.ReadHandshakeMessageAsync();
        await impatience.CancelAsync();
        HandshakeCanceledException e = await Assert.ThrowsAsync<HandshakeCanceledException>(() => entering.WaitAsync(_deadline.Token));
        Assert.Equal(HandshakeStage.Welcome, e.Stage);
        AssertKeysAreGone();
    }

    private void AssertKeysAreGone()
    {
        Assert.Equal(StationSessionState.Closed, _driver.Session!.State);
        Assert.ThrowsAny<Exception>(() => _driver.Connection!.Writer.Seal(_driver.Session.CreateWelcome(WelcomeFrame.NoSession, 0)));
    }

    private async Task MeetAsync()
    {
        Task<TrustVerdict> meeting = _driver.MeetAsync(_deadline.Token);
        await _peer.ReadMessage1Async();
        await _peer.SendRawAsync(_peer.WriteHandshakeMessage(_peer.IdentityPayloadBytes));
        Assert.True((await meeting.WaitAsync(_deadline.Token)).IsTrusted);
        Assert.Equal(_peer.Identity.PublicKey, _driver.RemoteIdentity);
    }

    private async Task<FakePeer> AnswerAsync()
    {
        await _peer.EnterAsync();
        await _peer.SendAsync(Wire.Welcome());
        return _peer;
    }

    private sealed class Stages : IHandshakeObserver
    {
        public List<HandshakeStage> Passed { get; } = [];

        void IHandshakeObserver.Passed(HandshakeStage stage, InitiatorDriver driver) => Passed.Add(stage);
    }

    /// <summary>A transport that from some moment on cannot be written to.</summary>
    private sealed class GivenUpTransport(ITransport inner) : ITransport
    {
        public IOException? Fail { get; set; }

        public string LocalAddress => inner.LocalAddress;

        public string RemoteAddress => inner.RemoteAddress;

        public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken) => inner.ReadAsync(buffer, cancellationToken);

        public ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) =>
            Fail is null ? inner.WriteAsync(data, cancellationToken) : ValueTask.FromException(Fail);

        public ValueTask CompleteWritesAsync() => inner.CompleteWritesAsync();

        public void Abort() => inner.Abort();

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
