using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using SecureStation.Core.Framing;
using SecureStation.Core.Keys;
using SecureStation.Core.Listening;
using SecureStation.Core.Messages;
using SecureStation.Core.Receipts;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;
using SecureStation.Core.Tests.Listening;
using SecureStation.Core.Tests.Sessions;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Tests.Receipts;

/// <summary>Signed receipts, byte by byte as docs/protocol/receipt.md has them.</summary>
public sealed partial class ReceiptTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_receiver_signs_what_was_in_its_inbox_read_or_not()
    {
        using StationKeyPair server = StationKeyPair.Generate(StationKeyAlgorithm.EcdsaP256);
        await using StationListener listener = Listener(server);
        await using StationSession session = await TestListener.ConnectAsync(listener);
        OutgoingMessage[] messages =
        [
            OutgoingMessage.Text("pay 100"),
            new(StationMessageKind.Bytes, new byte[200_000]) { InReplyTo = 3, Headers = [new("ä", "ö"), new("", "x")] },
            OutgoingMessage.Object("""{"value":1}"""u8.ToArray()),
        ];
        var asks = new List<Task<SignedReceipt>>();
        foreach (OutgoingMessage message in messages)
        {
            asks.Add(ReceiptRequest.AskAsync(session, await session.SendAsync(message, Token), message, Token));
            if (message.Kind == StationMessageKind.Text)
            {
                await listener.ReceiveAsync(Token);
            }
        }

        SignedReceipt[] receipts = await Task.WhenAll(asks).WaitAsync(TestListener.Patience, Token);
        Assert.Equal([1ul, 3, 5], receipts.Select(static one => one.Statement.Message));
        Assert.Equal(Hash("0000000000000000" + "01" + "0000"), receipts[0].Statement.HeadHash);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData("pay 100"u8)), receipts[0].Statement.BodyHash);
        Assert.Equal(Hash("0000000000000003" + "02" + "0002" + "0002c3a4" + "0002c3b6" + "0000" + "000178"), receipts[1].Statement.HeadHash);
        foreach (SignedReceipt receipt in receipts)
        {
            Assert.True(ReceiptVerifier.Verify(receipt, server.Fingerprint).IsValid);
            Assert.True(server.PublicKey.Verify(SignaturePurpose.Receipt, receipt.Bytes.Span, receipt.Signature.Span));
            Assert.False(server.PublicKey.Verify(SignaturePurpose.Transcript, receipt.Bytes.Span, receipt.Signature.Span));
            string file = _folder.File($"{receipt.Statement.Message}.json");
            ReceiptFile.Write(file, receipt);
            StationAssert.Fails(StationFault.AlreadyExists, () => ReceiptFile.Write(file, receipt));
            SignedReceipt read = ReceiptFile.Read(file);
            Assert.Equal(receipt.Bytes.ToArray(), read.Bytes.ToArray());
            Assert.True(ReceiptVerifier.Verify(read, server.Fingerprint).IsValid);
            Assert.False(ReceiptVerifier.Verify(read, session.LocalPublicKey!.Fingerprint).IsValid);
        }

        Assert.Equal(2, ((SecureSession)listener.Sessions[0]).InboxCount);
    }

    [Fact]
    public async Task The_bytes_on_the_wire_are_those_of_the_page()
    {
        (FakePeer peer, StationSession session) = await FakePeer.WithResponderAsync();
        await using (peer)
        {
            using StationKeyPair identity = StationKeyPair.Generate();
            new ReceiptSigner(identity, TimeProvider.System).Attach((SecureSession)session);
            await peer.SendAsync(Wire.Text(1, "pay 100"));
            await peer.SendAsync(AskOfPage());
            byte[] answer = await ReadMessageAsync(peer);

            // id 1, inReplyTo 2, kind 4, three headers; then the body.
            Assert.Equal("00000000000000010000000000000002040003", Convert.ToHexString(answer[..19]));
            string head = Encoding.UTF8.GetString(answer);
            string json = head[head.IndexOf('{', StringComparison.Ordinal)..];
            string signature = head[(head.IndexOf("signature", StringComparison.Ordinal) + 11)..head.IndexOf('{', StringComparison.Ordinal)];
            string received = json[(json.IndexOf("received\":\"", StringComparison.Ordinal) + 11)..^2];
            string expected = $$$"""
                {"version":1,"session":"{{{session.Id}}}","handshakeHash":"{{{Convert.ToHexStringLower(session.HandshakeHash.Span)}}}","sender":{"role":"initiator","fingerprint":"{{{session.RemoteFingerprint}}}"},"receiver":{"role":"responder","fingerprint":"{{{session.LocalFingerprint}}}"},"message":1,"inReplyTo":0,"kind":"text","headSha256":"{{{Hash("0000000000000000010000")}}}","length":7,"bodySha256":"{{{Convert.ToHexStringLower(SHA256.HashData("pay 100"u8))}}}","received":"{{{received}}}"}
                """;
            Assert.Equal(expected, json);
            Assert.True(identity.PublicKey.Verify(SignaturePurpose.Receipt, Encoding.UTF8.GetBytes(json), Convert.FromBase64String(signature)));
            Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$", received);
        }
    }

    [Fact]
    public void The_file_of_the_page_is_valid()
    {
        string file = _folder.File("r.json");
        File.WriteAllText(file, Page().Split("```json\n")[1].Split("\n```")[0]);
        SignedReceipt receipt = ReceiptFile.Read(file);
        Assert.True(ReceiptVerifier.Verify(receipt, receipt.PublicKey.Fingerprint).IsValid);
        Assert.Equal(Hash("0000000000000000010000"), receipt.Statement.HeadHash);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData("pay 100"u8)), receipt.Statement.BodyHash);
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("\"message\":1", "\"message\":2")]
    [InlineData("\"inReplyTo\":0", "\"inReplyTo\":1")]
    [InlineData("\"kind\":\"text\"", "\"kind\":\"bytes\"")]
    [InlineData("\"length\":7", "\"length\":8")]
    [InlineData("initiator", "responder")]
    [InlineData("\"bodySha256\":\"00", "\"bodySha256\":\"01")]
    [InlineData("\"version\":1", "\"version\":2")]
    [InlineData("{\"version\"", "{ \"version\"")]
    [InlineData("signature", "wrong")]
    public async Task What_is_not_for_what_was_sent_is_ReceiptMismatch_and_the_session_goes_on(string what, string? instead)
    {
        (FakePeer peer, StationSession session) = await FakePeer.WithResponderAsync();
        await using (peer)
        {
            OutgoingMessage message = OutgoingMessage.Text("pay 100");
            Task<SignedReceipt> asking = ReceiptRequest.AskAsync(session, await session.SendAsync(message, Token), message, Token);
            await ReadMessageAsync(peer);
            Assert.Equal(AskOfPage()[6..], await ReadMessageAsync(peer));
            string json = Encoding.UTF8.GetString(ReceiptJson.Format(ReceiptStatement.Of(
                session.Id,
                Convert.ToHexStringLower(session.HandshakeHash.Span),
                StationRole.Responder,
                session.LocalFingerprint!,
                session.RemoteFingerprint!,
                1,
                MessageDigest.Of(message),
                DateTimeOffset.UnixEpoch)));
            bool isSignatureWrong = what == "signature";
            byte[] bytes = Encoding.UTF8.GetBytes(what.Length == 0 || isSignatureWrong ? json : json.Replace(what, instead, StringComparison.Ordinal));
            byte[] signature = peer.Identity.Sign(isSignatureWrong ? SignaturePurpose.Log : SignaturePurpose.Receipt, bytes);
            await peer.SendAsync(Wire.Message(
                1, 4, bytes, inReplyTo: 2, headers: [("service", "receipt"), ("op", "receipt"), ("signature", Convert.ToBase64String(signature))]));
            if (what.Length == 0)
            {
                Assert.Equal(bytes, (await asking).Bytes.ToArray());
            }
            else
            {
                await Expect.FaultAsync(StationFault.ReceiptMismatch, asking);
            }

            await peer.SendAsync(Wire.Text(2, "goes on"));
            Assert.Equal("goes on", (await session.ReceiveAsync(Token)).Body);
        }
    }

    [Fact]
    public async Task Without_the_owners_word_or_the_capability_nothing_is_signed()
    {
        await using StationListener silent = TestListener.Start();
        await using StationSession session = await TestListener.ConnectAsync(silent);
        OutgoingMessage message = OutgoingMessage.Text("x");
        ulong id = await session.SendAsync(message, Token);
        await Expect.FaultAsync(StationFault.UnknownService, ReceiptRequest.AskAsync(session, id, message, Token));

        using StationKeyPair server = StationKeyPair.Generate();
        await using StationListener listener = Listener(server);
        await using StationSession other = await TestListener.ConnectAsync(listener);
        StationSession accepted = await listener.AcceptAsync(Token).WaitAsync(TestListener.Patience, Token);
        accepted.Capabilities = new PeerCapabilities(["request"]);
        id = await other.SendAsync(message, Token);
        await Expect.FaultAsync(StationFault.NotAllowed, ReceiptRequest.AskAsync(other, id, message, Token));
        accepted.Capabilities = PeerCapabilities.All;
        StationException unknown = await Expect.FaultAsync(StationFault.PeerRefused, ReceiptRequest.AskAsync(other, 99, message, Token));
        Assert.Equal("UnknownMessage", unknown.PeerHint);
    }

    [Fact]
    public void A_peer_gets_ten_at_once_and_then_ten_a_second()
    {
        var pace = new ReceiptPace();
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(TimeSpan.Zero, pace.Take("a", TimeSpan.Zero));
        }

        for (int i = 1; i <= 30; i++)
        {
            Assert.Equal(TimeSpan.FromMilliseconds(100 * i), pace.Take("a", TimeSpan.Zero));
        }

        Assert.Equal(TimeSpan.Zero, pace.Take("b", TimeSpan.Zero));
        Assert.Equal(TimeSpan.FromSeconds(60), pace.Take("a", TimeSpan.FromSeconds(60)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("not json")]
    [InlineData("""{"version":2,"receipt":"","signature":"","publicKey":""}""")]
    [InlineData("""{"version":1,"receipt":"{}","signature":"","publicKey":"MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE="}""")]
    public void What_is_no_receipt_is_InvalidReceipt(string content)
    {
        string file = _folder.File("bad.json");
        File.WriteAllText(file, content);
        StationAssert.Fails(StationFault.InvalidReceipt, () => ReceiptFile.Read(file));
    }

    private static StationListener Listener(StationKeyPair key) => StationListener.Start(new StationListenerOptions
    {
        KeyPair = key,
        Trust = new ListenerTrust { Mode = TrustMode.Any },
        AllowSignedReceipts = true,
    });

    private static string Hash(string hex) => Convert.ToHexStringLower(SHA256.HashData(Convert.FromHexString(hex)));

    private static string Page() => File.ReadAllText(Path.Combine(SharedFolder.RepositoryRoot(), "docs", "protocol", "receipt.md"));

    private static byte[] AskOfPage() => Convert.FromHexString(Ask().Match(Page()).Groups["hex"].Value.Replace(" ", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal));

    private static async Task<byte[]> ReadMessageAsync(FakePeer peer)
    {
        while (true)
        {
            (FrameType type, _, byte[] body) = await peer.ReadFrameAsync();
            if (type == FrameType.Message)
            {
                return body;
            }
        }
    }

    [GeneratedRegex(@"^```\nsender +(?<hex>[0-9a-f \n]+)^```", RegexOptions.Multiline)]
    private static partial Regex Ask();
}
