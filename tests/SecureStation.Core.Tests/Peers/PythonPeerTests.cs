using System.Globalization;
using System.Security.Cryptography;
using SecureStation.Core.Connecting;
using SecureStation.Core.Keys;
using SecureStation.Core.Listening;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Core.Tests.Sessions;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Tests.Peers;

/// <summary>The station protocol against an implementation in another language that was written from the document.</summary>
public class PythonPeerTests
{
    private static readonly byte[] s_big = [.. Enumerable.Range(0, 300_000).Select(static i => (byte)(i * 7))];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Suites.ClassicalInvited)]
    [InlineData(Suites.ClassicalChaChaPolyInvited)]
    public async Task Python_connects_with_an_invitation(string suite)
    {
        await using StationListener listener = StationListener.Start(new StationListenerOptions { Trust = new ListenerTrust() });
        StationInvitation invitation = listener.Invitation!;
        using PythonPeer python = Start(
            "connect", "127.0.0.1", Port(listener), "--suite", suite, "--id", Convert.ToHexString(invitation.Id.Span), "--psk", invitation.UsePsk(Convert.ToHexString));
        StationSession session = await AcceptAsync(listener, python);
        Assert.Equal((TrustBasis.Invitation, suite), (session.TrustBasis, session.Suite));
        await ConverseAsync(session);
        await AssertFinishedAsync(python, session);
        Assert.Null(listener.Invitation);
    }

    [Theory]
    [InlineData(Suites.Classical)]
    [InlineData(Suites.ClassicalChaChaPoly)]
    public async Task Python_connects_with_an_accepted_key(string suite)
    {
        byte[] seed = RandomNumberGenerator.GetBytes(32);
        using var key = new StationKeyPair(PrivateKey.FromEd25519Seed(seed));
        using var folder = new TemporaryFolder();
        var store = new FileTrustStore(folder.Path);
        store.Add(new PeerRecord { Name = "python", Fingerprint = key.Fingerprint, PublicKey = key.PublicKey, Accept = true }, replace: false);
        await using StationListener listener = StationListener.Start(new StationListenerOptions { Trust = new ListenerTrust { Store = store } });
        using PythonPeer python = Start("connect", "127.0.0.1", Port(listener), "--suite", suite, "--identity", Convert.ToHexString(seed));
        StationSession session = await AcceptAsync(listener, python);
        Assert.Equal((TrustBasis.Accepted, "python"), (session.TrustBasis, session.PeerName));
        await ConverseAsync(session);
        await AssertFinishedAsync(python, session);
    }

    [Fact]
    public async Task Python_with_a_key_that_is_not_accepted_gets_a_Close_that_it_understands()
    {
        await using StationListener listener = StationListener.Start(new StationListenerOptions { Trust = new ListenerTrust() });
        using PythonPeer python = Start("connect", "127.0.0.1", Port(listener));
        Assert.Equal("PeerUntrusted", (await FinishAsync(python))["refused"]);
    }

    [Fact]
    public async Task Python_with_an_invitation_that_nobody_gave_out_gets_a_refusal_that_it_understands()
    {
        await using StationListener listener = StationListener.Start(new StationListenerOptions { Trust = new ListenerTrust() });
        string secret = new('7', 64);
        using PythonPeer python = Start(
            "connect", "127.0.0.1", Port(listener), "--suite", Suites.ClassicalInvited, "--id", secret[..32], "--psk", secret);
        Assert.Equal("InvitationUnknown", (await FinishAsync(python))["refused"]);
    }

    [Theory]
    [InlineData(Suites.Classical)]
    [InlineData(Suites.ClassicalChaChaPoly)]
    public async Task Python_answers(string suite)
    {
        using PythonPeer python = Start("listen", "--suite", suite);
        int port = await python.ReadPortAsync();
        StationSession session = await StationClient.ConnectAsync(
            new StationClientOptions { Host = "127.0.0.1", Port = port, Suite = suite, Trust = new ClientTrust { Mode = TrustMode.Any } }, Token);
        await ConverseAsync(session);
        await session.CloseAsync(Token);
        await AssertFinishedAsync(python, session);
    }

    private static PythonPeer Start(params string[] arguments) => PythonPeer.Start("Peers/station_peer.py", PythonPackage.Cryptography, arguments);

    // What it says, by first word.
    private static async Task<IReadOnlyDictionary<string, string>> FinishAsync(PythonPeer python) =>
        (await python.FinishAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static line => line.Split(' ', 2))
            .ToDictionary(static words => words[0], static words => words.ElementAtOrDefault(1) ?? string.Empty);

    private static string Port(StationListener listener) => listener.Port.ToString(CultureInfo.InvariantCulture);

    private static async Task<StationSession> AcceptAsync(StationListener listener, PythonPeer python)
    {
        Task<StationSession> accepting = listener.AcceptAsync(Token);
        if (await Task.WhenAny(accepting, Task.Delay(TimeSpan.FromSeconds(60), Token)) != accepting)
        {
            Assert.Fail($"The listener accepted nobody: {await python.FinishAsync()}");
        }

        return await accepting;
    }

    private static async Task ConverseAsync(StationSession session)
    {
        StationMessage text = await ReceiveAsync(session);
        Assert.Equal(("hällo from python", 1ul, 0ul), (text.Body, text.Id, text.InReplyTo));
        Assert.Equal([new("lang", "python"), new("ü", "")], text.Headers);
        Assert.Equal(Enumerable.Range(0, 256).Select(static i => (byte)i), Assert.IsType<byte[]>((await ReceiveAsync(session)).Body));
        StationMessage big = await ReceiveAsync(session);
        Assert.True(s_big.AsSpan().SequenceEqual(big.BodyBytes.Span));

        await session.SendAsync(new OutgoingMessage(StationMessageKind.Text, "hällo from C#"u8.ToArray()) { InReplyTo = 1, Headers = [new("a", "b")] }, Token);
        ulong id = await session.SendAsync(OutgoingMessage.Bytes(s_big), Token);
        await session.WaitDeliveredAsync(id, Token).WaitAsync(TimeSpan.FromSeconds(60), Token);

        StationMessage rekeyed = await ReceiveAsync(session);
        Assert.Equal(("after my rekey", id), (rekeyed.Body, rekeyed.InReplyTo));
        await session.SendAsync(OutgoingMessage.Text("after your rekey"), Token);
        StationMessage hash = await ReceiveAsync(session);
        Assert.Equal(Convert.ToHexStringLower(session.HandshakeHash.Span), hash.Body);
    }

    private static async Task<StationMessage> ReceiveAsync(StationSession session) => await session.ReceiveAsync(Token).AsTask().WaitAsync(TimeSpan.FromSeconds(60), Token);

    private static async Task AssertFinishedAsync(PythonPeer python, StationSession session)
    {
        await Expect.EndAsync(StationFault.SessionClosed, session);
        Assert.Equal(0, session.MessagesUndelivered);
        IReadOnlyDictionary<string, string> said = await FinishAsync(python);
        Assert.Equal(session.Id, said["session"]);
        Assert.Equal(session.LocalPublicKey!.Fingerprint.ToHex(), said["peer"]);
        Assert.Contains("ok", said);
    }
}
