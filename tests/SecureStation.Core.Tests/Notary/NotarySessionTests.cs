using System.Security.Cryptography;
using System.Text;
using SecureStation.Core.Connecting;
using SecureStation.Core.Notary;
using SecureStation.Core.Notary.Timestamps;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;
using SecureStation.Core.Transfers;

namespace SecureStation.Core.Tests.Notary;

/// <summary>Timestamps and documents over a session.</summary>
public sealed class NotarySessionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Notary_answers_over_a_session()
    {
        await using StationLoopback loop = await StationLoopback.CreateAsync(cancellationToken: Token);
        await using StationNotary notary = StationNotary.Start(new StationNotaryOptions
        {
            Authority = new TimestampAuthorityOptions { Certificate = TestCertificates.Ecdsa },
            UsesHttp = false,
        });
        using var client = new TimestampClient((SecureSession)loop.Left);
        Assert.Equal(StationFault.UnknownService, (await Assert.ThrowsAsync<StationException>(() => client.RequestAsync(Request("x"u8), null, Token))).Fault);

        notary.Serve((SecureSession)loop.Right);
        StationTimestamp[] all = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => client.RequestAsync(Request("x"u8), TestCertificates.Trust, Token)));
        Assert.Equal(100, all.Select(one => one.SerialNumber).Distinct().Count());
        Assert.Null(notary.Uri);

        await notary.StopAsync();
        Assert.Equal(StationFault.UnknownService, (await Assert.ThrowsAsync<StationException>(() => client.RequestAsync(Request("x"u8), null, Token))).Fault);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(3_000_000)]
    public async Task Document_with_its_timestamp_is_kept(int size)
    {
        byte[] document = RandomNumberGenerator.GetBytes(size);
        await using StationLoopback loop = await StationLoopback.CreateAsync(cancellationToken: Token);
        using DocumentReceiver receiver = Receive(loop);
        Task<DocumentVerdict> sending = DocumentSender.SendAsync((SecureSession)loop.Left, "contract.pdf", new MemoryStream(document), await StampAsync(document), cancellationToken: Token);

        ReceivedDocument received = await receiver.ReceiveAsync(Token);
        DocumentVerdict verdict = await sending;
        Assert.True(verdict.IsValid, verdict.ToString());
        Assert.True(received.IsValid);
        Assert.Equal(received.Time, verdict.Time);
        Assert.Equal(_folder.File("contract.pdf"), received.Path);
        Assert.Equal(document, File.ReadAllBytes(received.Path!));
        Assert.True(File.Exists(received.Path + ".tsr"));
        Assert.Equal(2, Directory.GetFiles(_folder.Path).Length);
    }

    [Fact]
    public async Task Document_whose_timestamp_does_not_hold_is_refused_and_not_kept()
    {
        byte[] timestamp = await StampAsync("one"u8.ToArray());
        Assert.Equal(nameof(StationFault.TimestampImprintMismatch), await RefusedAsync("two", timestamp));
        Assert.Equal(nameof(StationFault.TimestampMalformed), await RefusedAsync("one", Encoding.ASCII.GetBytes("nonsense")));
        Assert.Equal(nameof(StationFault.TimestampCertificateUntrusted), await RefusedAsync("one", timestamp, trust: TestCertificates.Trust with { TrustedCertificates = [] }));
        Assert.Equal(nameof(StationFault.MessageTooLarge), await RefusedAsync(new string('x', 2000), timestamp, maxSize: 1000));
        foreach (string name in new[] { "../escape", "a/b", "a\\b", "", ".hidden", "NUL.txt", "C:x", "a\nb", new string('x', 300) })
        {
            Assert.Equal(nameof(StationFault.InvalidArgument), await RefusedAsync("one", timestamp, name));
        }

        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task Existing_files_stay()
    {
        File.WriteAllText(_folder.File("a.txt"), "mine");
        Assert.Equal(nameof(StationFault.AlreadyExists), await RefusedAsync("one", await StampAsync("one"u8.ToArray()), "a.txt"));
        Assert.Equal("mine", File.ReadAllText(_folder.File("a.txt")));

        // A file that its timestamp would replace, perhaps a document itself.
        File.WriteAllText(_folder.File("b.txt.tsr"), "mine");
        Assert.Equal(nameof(StationFault.AlreadyExists), await RefusedAsync("one", await StampAsync("one"u8.ToArray()), "b.txt"));
        Assert.Equal("mine", File.ReadAllText(_folder.File("b.txt.tsr")));
    }

    [Fact]
    public async Task Who_reads_a_document_that_is_replaced_reads_all_of_the_old_one()
    {
        byte[] old = RandomNumberGenerator.GetBytes(300_000), fresh = RandomNumberGenerator.GetBytes(400_000);
        File.WriteAllBytes(_folder.File("a.bin"), old);
        await using var reader = new FileStream(_folder.File("a.bin"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

        await using StationLoopback loop = await StationLoopback.CreateAsync(cancellationToken: Token);
        using var receiver = new DocumentReceiver((SecureSession)loop.Right, new DocumentReceiverOptions { Folder = _folder.Path, Trust = TestCertificates.Trust, Overwrite = true });
        Task<DocumentVerdict> sending = DocumentSender.SendAsync((SecureSession)loop.Left, "a.bin", new MemoryStream(fresh), await StampAsync(fresh), cancellationToken: Token);
        ReceivedDocument received = await receiver.ReceiveAsync(Token);
        Assert.True((await sending).IsValid);

        var seen = new MemoryStream();
        await reader.CopyToAsync(seen, Token);
        Assert.Equal(old, seen.ToArray());
        Assert.Equal(fresh, await File.ReadAllBytesAsync(received.Path!, Token));
        Assert.Equal(2, Directory.GetFiles(_folder.Path).Length);
    }

    [Fact]
    public async Task More_or_less_than_announced_is_refused()
    {
        byte[] timestamp = await StampAsync("one"u8.ToArray());
        foreach (int parts in new[] { 0, 2 })
        {
            await using StationLoopback loop = await StationLoopback.CreateAsync(cancellationToken: Token);
            using DocumentReceiver receiver = Receive(loop);
            Task<ReceivedDocument> receiving = receiver.ReceiveAsync(Token);
            var session = (SecureSession)loop.Left;
            KeyValuePair<string, string> transfer = new(DocumentService.Transfer, new string('a', 32));
            await session.Services.RequestAsync(
                DocumentService.Message(DocumentService.Begin, timestamp, 0, transfer, new(DocumentService.FileName, "a"), new(DocumentService.Size, "3")), Token);
            for (int i = 0; i < parts; i++)
            {
                await session.SendAsync(DocumentService.Message(DocumentService.Part, "one"u8.ToArray(), 0, transfer), Token);
            }

            StationMessage end = await session.Services.RequestAsync(DocumentService.Message(DocumentService.End, default, 0, transfer), Token);
            Assert.False(DocumentVerdict.Parse(end.BodyBytes).IsValid);
            Assert.False((await receiving).IsValid);
        }

        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task Session_that_ends_ends_the_transfer()
    {
        await using StationLoopback loop = await StationLoopback.CreateAsync(cancellationToken: Token);
        using DocumentReceiver receiver = Receive(loop);
        Task<ReceivedDocument> receiving = receiver.ReceiveAsync(Token);
        await loop.Left.CloseAsync(Token);
        await Assert.ThrowsAsync<StationException>(() => receiving);
    }

    private static TimeStampRequest Request(ReadOnlySpan<byte> document) => TimeStampRequest.Create(HashAlgorithmName.SHA256, SHA256.HashData(document));

    private static async Task<byte[]> StampAsync(byte[] document)
    {
        using var authority = new TimestampAuthority(new TimestampAuthorityOptions { Certificate = TestCertificates.Ecdsa });
        return await authority.RespondAsync(Request(document).ToBytes(), Token);
    }

    private DocumentReceiver Receive(StationLoopback loop, TimestampTrust? trust = null, long maxSize = 1 << 24) =>
        new((SecureSession)loop.Right, new DocumentReceiverOptions { Folder = _folder.Path, Trust = trust ?? TestCertificates.Trust, MaxSize = maxSize });

    private async Task<string?> RefusedAsync(string document, byte[] timestamp, string name = "document", TimestampTrust? trust = null, long maxSize = 1 << 24)
    {
        await using StationLoopback loop = await StationLoopback.CreateAsync(cancellationToken: Token);
        using DocumentReceiver receiver = Receive(loop, trust, maxSize);
        Task<ReceivedDocument> receiving = receiver.ReceiveAsync(Token);
        DocumentVerdict verdict = await DocumentSender.SendAsync((SecureSession)loop.Left, name, new MemoryStream(Encoding.UTF8.GetBytes(document)), timestamp, cancellationToken: Token);
        Assert.False(verdict.IsValid);
        Assert.Equal(verdict.Fault, (await receiving).Verdict.Fault);
        return verdict.Fault;
    }
}
