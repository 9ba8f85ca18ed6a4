using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using SecureStation.Core;
using SecureStation.Core.Notary;
using SecureStation.Core.Notary.Legacy;
using SecureStation.Core.Tests.Peers;
using SecureStation.Core.Transfers;

namespace SecureStation.Legacy.Tests.DocumentNotary;

/// <summary>Server, first and second client: ours among each other, and each against the Python peer's.</summary>
public sealed class ThreePartyTests(NotaryFixture notary) : IClassFixture<NotaryFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ours_among_each_other()
    {
        await using INotaryServer server = notary.Start();
        await using ILegacyDocumentReceiver receiver = notary.Receive();
        DocumentReceipt receipt = await notary.Wire.RequestAsync(notary.Request(server.Port, "my text\nin two lines\n"), Token);
        Assert.Equal(SignatureCoverage.Document, receipt.Coverage);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData("my textin two lines"u8)), receipt.Hash);
        Assert.InRange(receipt.Time!.Value, DateTime.Now.AddMinutes(-1), DateTime.Now);

        DocumentVerdict verdict = await notary.Wire.SendAsync(notary.Forward(receiver.Port, "my text\nin two lines\n", receipt), Token);
        LegacyDocument document = await receiver.ReceiveAsync(Token);
        Assert.True(verdict.IsValid);
        Assert.True(document.IsValid);
        Assert.Equal("my textin two lines", document.Text);

        // Another document under the same receipt.
        Assert.False((await notary.Wire.SendAsync(notary.Forward(receiver.Port, "my text, changed", receipt), Token)).IsValid);
        Assert.Equal(SignatureCoverage.None, (await receiver.ReceiveAsync(Token)).Coverage);
    }

    [Theory]
    [InlineData(false, "False")]
    [InlineData(true, "True")]
    public async Task Empty_hash_proves_nothing_and_is_told_apart(bool accept, string verdict)
    {
        await using INotaryServer server = notary.Start(signEmptyHash: true);
        await using ILegacyDocumentReceiver receiver = notary.Receive(accept);
        DocumentReceipt receipt = await notary.Wire.RequestAsync(notary.Request(server.Port, "text"), Token);
        Assert.Equal(SignatureCoverage.Empty, receipt.Coverage);
        Assert.False(receipt.CoversDocument);
        await notary.Wire.SendAsync(notary.Forward(receiver.Port, "quite another text", receipt), Token);
        LegacyDocument document = await receiver.ReceiveAsync(Token);
        Assert.Equal((SignatureCoverage.Empty, verdict, false), (document.Coverage, document.VerdictText, document.IsValid));
    }

    [Theory]
    [InlineData("empty", SignatureCoverage.Empty)]
    [InlineData("document", SignatureCoverage.Document)]
    public async Task Our_first_client_with_the_Python_server(string mode, SignatureCoverage coverage)
    {
        using PythonPeer peer = Start("server", "0", notary.File("server.pem"), notary.Folder, mode);
        DocumentReceipt receipt = await notary.Wire.RequestAsync(notary.Request(await peer.ReadPortAsync(), "text"), Token);
        Assert.Equal(coverage, receipt.Coverage);
        Assert.InRange(receipt.Time!.Value, DateTime.Now.AddMinutes(-1), DateTime.Now.AddSeconds(1));
    }

    [Theory]
    [InlineData(false, "document", "True")]
    [InlineData(true, "empty", "False")]
    public async Task Python_first_client_with_our_server_and_second_client(bool signEmptyHash, string covers, string verdict)
    {
        await using INotaryServer server = notary.Start(signEmptyHash);
        await using ILegacyDocumentReceiver receiver = notary.Receive();
        using PythonPeer first = Start("client1", Text(server.Port), "1000", notary.File("1000.pem"), notary.ServerPublicKey, "a text");
        string line = await first.ReadLineAsync();
        string[] words = line.Split(' ');
        Assert.Equal("True", words[0]);
        Assert.Equal(covers, words[^2]);

        string stamp = line["True ".Length..][..24];
        using PythonPeer forward = Start("forward", Text(receiver.Port), NotaryFixture.Password, "a text", stamp, words[^1]);
        Assert.Equal(verdict, await forward.ReadLineAsync());
        using PythonPeer shorter = Start("forward", Text(receiver.Port), NotaryFixture.Password, "a text", stamp, words[^1][2..]);
        Assert.Equal("0", await shorter.ReadLineAsync());
    }

    [Fact]
    public async Task Our_first_client_with_the_Python_second_client()
    {
        await using INotaryServer server = notary.Start();
        DocumentReceipt receipt = await notary.Wire.RequestAsync(notary.Request(server.Port, "text"), Token);
        using PythonPeer peer = Start("client2", "0", notary.ServerPublicKey, NotaryFixture.Password);
        Assert.True((await notary.Wire.SendAsync(notary.Forward(await peer.ReadPortAsync(), "text", receipt), Token)).IsValid);
        Assert.Equal($"True text {receipt.TimestampText}", await peer.ReadLineAsync());
    }

    [Fact]
    public async Task Longest_document_passes_and_one_byte_more_is_refused()
    {
        await using INotaryServer server = notary.Start();
        string longest = new('x', 1361);
        DocumentReceipt receipt = await notary.Wire.RequestAsync(notary.Request(server.Port, longest), Token);
        using PythonPeer peer = Start("client2", "0", notary.ServerPublicKey, NotaryFixture.Password);
        Assert.True((await notary.Wire.SendAsync(notary.Forward(await peer.ReadPortAsync(), longest, receipt), Token)).IsValid);
        StationException failure = await Assert.ThrowsAsync<StationException>(() => notary.Wire.SendAsync(notary.Forward(1, longest + "x", receipt), Token));
        Assert.Equal(StationFault.MessageTooLarge, failure.Fault);
        Assert.Contains("1361", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_closes_on_what_it_cannot_answer_and_goes_on()
    {
        await using INotaryServer server = notary.Start(timeout: TimeSpan.FromSeconds(4));
        Assert.Equal(StationFault.Truncated, await FailAsync(server, "nobody"));
        Assert.Equal(StationFault.NotFound, server.LastFailure!.Fault);
        Assert.Equal(StationFault.Truncated, await FailAsync(server, "../1000"));
        Assert.Equal(StationFault.ProtocolError, server.LastFailure!.Fault);

        using LegacyKeyPair tooShort = notary.Read("short");
        Assert.Equal(StationFault.Truncated, await FailAsync(server, "short", tooShort));
        Assert.Contains("2304", server.LastFailure!.Message, StringComparison.Ordinal);

        foreach (byte[] garbage in new[] { new byte[172], Encoding.ASCII.GetBytes(new string('A', 172)), [1] })
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", server.Port, Token);
            await client.GetStream().WriteAsync(garbage, Token);
            Assert.Equal(0, await client.GetStream().ReadAsync(new byte[1], Token));
        }

        Assert.Equal(StationFault.Timeout, server.LastFailure!.Fault);
        Assert.Equal(6, server.Rejected);
        await notary.Wire.RequestAsync(notary.Request(server.Port, "text"), Token);
        Assert.Equal(1, server.Granted);
    }

    [Theory]
    [InlineData("zz")]
    [InlineData("5e3235a8346e5a4585f8c58562f5052b8fe26a3bb122e1e96c76784964dfc46")]
    [InlineData("5e3235a8346e5a4585f8c58562f5052b8fe26a3bb122e1e96c76784964dfc4611")]
    [InlineData("5e3235a8346e5a4585f8c58562f5052b8fe26a3bb122e1e96c76784964dfc46g")]
    public async Task Server_signs_hashes_only(string hash)
    {
        await using INotaryServer server = notary.Start();
        using Legacy.DocumentNotary.NotaryRsaKey key = Legacy.DocumentNotary.NotaryRsaKey.ReadPublic(notary.ServerPublicKey);
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", server.Port, Token);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(Convert.ToBase64String(key.Encrypt(Encoding.ASCII.GetBytes("1000<!>" + hash), "It"))), Token);
        Assert.Equal(0, await client.GetStream().ReadAsync(new byte[1], Token));
        Assert.Equal(StationFault.ProtocolError, server.LastFailure!.Fault);
    }

    [Fact]
    public async Task Messages_may_come_in_pieces()
    {
        await using INotaryServer server = notary.Start();
        await using ILegacyDocumentReceiver receiver = notary.Receive();
        DocumentReceipt receipt = await notary.Wire.RequestAsync(notary.Request(server.Port, "text"), Token);
        byte[] text = Legacy.DocumentNotary.NotaryText.Join("a<!>b"u8, Encoding.ASCII.GetBytes(receipt.TimestampText), receipt.ToBytes());
        string wire = Convert.ToBase64String(Legacy.DocumentNotary.DocumentCipher.Encrypt(text, NotaryFixture.PasswordBytes, new byte[16]));
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync("127.0.0.1", receiver.Port, Token);
        foreach (char[] piece in wire.Chunk(50))
        {
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(piece), Token);
            await Task.Delay(5, Token);
        }

        LegacyDocument document = await receiver.ReceiveAsync(Token);
        Assert.Equal("a<!>b", document.Text);
        Assert.Equal("False", document.VerdictText);
    }

    [Fact]
    public async Task Receiver_answers_false_to_garbage()
    {
        await using ILegacyDocumentReceiver receiver = notary.Receive();
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", receiver.Port, Token);
        await client.GetStream().WriteAsync("nonsense"u8.ToArray(), Token);
        var answer = new byte[10];
        int read = await client.GetStream().ReadAsync(answer, Token);
        Assert.Equal("False", Encoding.ASCII.GetString(answer, 0, read));
    }

    [Fact]
    public void Unusable_options_are_refused()
    {
        Assert.Equal(StationFault.NotFound, Assert.Throws<StationException>(() => notary.Wire.Start(new DocumentNotaryOptions { KeyPair = notary.Server, PublicKeyDirectory = notary.File("none") })).Fault);
        Assert.Equal(
            StationFault.InvalidArgument,
            Assert.Throws<StationException>(() => notary.Wire.StartReceiver(new LegacyReceiverOptions { Password = new byte[5], ServerPublicKeyPath = notary.ServerPublicKey })).Fault);
        Assert.True(LegacyProtocols.TryFind(out INotaryWire? found));
        Assert.Equal("DocumentNotary", found.Protocol);
    }

    [Fact]
    public void Receipt_file_is_read_again()
    {
        var receipt = new DocumentReceipt(new string('a', 64), "Sun Nov  3 07:05:09 2019", [1, 2, 3], SignatureCoverage.Document);
        DocumentReceipt read = DocumentReceipt.Parse(receipt.ToJson());
        Assert.Equal((receipt.Hash, receipt.TimestampText, SignatureCoverage.None), (read.Hash, read.TimestampText, read.Coverage));
        Assert.Equal(receipt.ToBytes(), read.ToBytes());
        Assert.Equal(StationFault.TimestampMalformed, Assert.Throws<StationException>(() => DocumentReceipt.Parse("{}"u8.ToArray())).Fault);
    }

    private static PythonPeer Start(params string[] arguments) =>
        PythonPeer.Start("DocumentNotary/peers/document_notary.py", PythonPackage.Cryptography, arguments);

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);

    private async Task<StationFault> FailAsync(INotaryServer server, string id, LegacyKeyPair? key = null) =>
        (await Assert.ThrowsAsync<StationException>(() => notary.Wire.RequestAsync(notary.Request(server.Port, "text", id, key), Token))).Fault;
}
