using System.Text;
using System.Text.RegularExpressions;
using SecureStation.Core.Connecting;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;
using SecureStation.Core.Tests.Protocol;
using SecureStation.Core.Transfers;

namespace SecureStation.Core.Tests.Transfers;

/// <summary>docs/protocol/transfer.md: its examples are what the code makes, and played against either side they give exactly their bytes.</summary>
public partial class TransferDocumentTests
{
    private const string Begin = "<!-- example: begin -->\n";
    private const string End = "<!-- example: end -->";
    private static readonly byte[] s_hello = "hello"u8.ToArray();

    private static string FilePath => Path.Combine(SharedFolder.RepositoryRoot(), "docs", "protocol", "transfer.md");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Examples => ["whole", "on", "empty"];

    [Fact]
    public void The_examples_are_what_the_code_makes()
    {
        string text = File.ReadAllText(FilePath);
        int begin = text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        int end = text.IndexOf(End, StringComparison.Ordinal);
        var described = new StringBuilder();
        foreach (string example in Examples.Select(static row => (string)row.Data))
        {
            described.Append($"\n### {Title(example)}\n");
            foreach ((string side, OutgoingMessage message) in Script(example))
            {
                string op = Op(message);
                described.Append($"\n{side}, `{op}`:\n\n{StationDocument.Format(Name(example, message, described.ToString()), message.Body.Span)}");
            }
        }

        described.Append('\n');
        Approval.Verify(FilePath, text[begin..end], described.ToString(), () => text[..begin] + described + text[end..]);
    }

    [Fact]
    public void The_numbers_of_the_page_are_those_of_the_code()
    {
        string text = File.ReadAllText(FilePath);
        foreach (TransferReason reason in Enum.GetValues<TransferReason>())
        {
            Assert.Contains($"| {(int)reason} `{reason}` |", text, StringComparison.Ordinal);
        }

        Assert.Equal(262_144, TransferMessages.MaxData);
        Assert.Equal(1_048_576, TransferOffer.LeafSize);
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Played_to_a_receiver_it_answers_as_the_page_says(string example)
    {
        await using StationLoopback pair = await StationLoopback.CreateAsync(cancellationToken: Token);
        using var folder = new TemporaryFolder();
        if (example == "on")
        {
            File.WriteAllBytes(folder.File(PartName.Of(pair.Left.LocalFingerprint!, Offer(example))), new byte[TransferOffer.LeafSize + 3]);
        }

        await using var receiver = new FileReceiver(pair.Right, new FileReceiverOptions { Folder = folder.Path });
        var left = (SecureSession)pair.Left;
        left.Services.SwitchOn(TransferMessages.Service);
        foreach ((bool isSender, string op, byte[] body) in Blocks(example))
        {
            if (isSender)
            {
                await left.SendAsync(Message(op, body), Token);
            }
            else
            {
                StationMessage answer = await left.Services.ReceiveAsync(TransferMessages.Service, Token);
                Assert.Equal((op, Convert.ToHexStringLower(body)), (answer.GetHeader(TransferMessages.OpHeader), Convert.ToHexStringLower(answer.BodyBytes.Span)));
            }
        }

        Assert.Equal(TransferState.Completed, (await receiver.ReceiveAsync(Token)).State);
        Assert.Equal(Content(example), File.ReadAllBytes(Path.Combine([folder.Path, .. Offer(example).Parts])));
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Played_to_a_sender_it_sends_as_the_page_says(string example)
    {
        await using StationLoopback pair = await StationLoopback.CreateAsync(cancellationToken: Token);
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("source"), Content(example));
        using var source = new SourceFile(folder.File("source"));
        var right = (SecureSession)pair.Right;
        right.Services.SwitchOn(TransferMessages.Service);
        var transfer = new StationTransfer(pair.Left, TransferDirection.Send, "a", null);
        using var file = new OutgoingFile(FileService.Of((SecureSession)pair.Left), source, Offer(example), transfer, TimeSpan.FromSeconds(30));
        Task sending = file.SendAsync();
        foreach ((bool isSender, string op, byte[] body) in Blocks(example))
        {
            if (isSender)
            {
                StationMessage sent = await right.Services.ReceiveAsync(TransferMessages.Service, Token);
                Assert.Equal((op, Convert.ToHexStringLower(body)), (sent.GetHeader(TransferMessages.OpHeader), Convert.ToHexStringLower(sent.BodyBytes.Span)));
            }
            else
            {
                await right.SendAsync(Message(op, body), Token);
            }
        }

        await sending.WaitAsync(TimeSpan.FromSeconds(30), Token);
    }

    private static string Title(string example) => example switch
    {
        "whole" => "`notes/a.txt`, five bytes: `hello`",
        "on" => "`b.bin`, 1 MiB of zeros and `hello`; the receiver has the first leaf",
        _ => "`c`, an empty file",
    };

    private static TransferOffer Offer(string example) => example switch
    {
        "whole" => new TransferOffer(Id(0x11), ["notes", "a.txt"], 5) { Modified = TransferOffer.ToWire(new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc)), Mode = 0x1A4 },
        "on" => new TransferOffer(Id(0x22), ["b.bin"], TransferOffer.LeafSize + 5) { Modified = 16_000_000_000_000_000, Created = 15_000_000_000_000_000 },
        _ => new TransferOffer(Id(0x33), ["c"], 0),
    };

    private static byte[] Content(string example) => example switch
    {
        "whole" => s_hello,
        "on" => [.. new byte[TransferOffer.LeafSize], .. s_hello],
        _ => [],
    };

    private static IEnumerable<(string Side, OutgoingMessage Message)> Script(string example)
    {
        const string Sender = "Sender";
        const string Receiver = "Receiver";
        TransferOffer offer = Offer(example);
        byte[] zeros = LeafTree.HashLeaf(new byte[TransferOffer.LeafSize]);
        byte[] hello = LeafTree.HashLeaf(s_hello);
        var tree = new LeafTree();
        yield return (Sender, TransferMessages.Offer(offer));
        switch (example)
        {
            case "on":
                yield return (Receiver, TransferMessages.Credit(offer.Id, 65_536));
                yield return (Receiver, TransferMessages.Accept(new TransferAccept(offer.Id, TransferAcceptState.Last, 0, zeros)));
                yield return (Sender, TransferMessages.Leaf(offer.Id, 0, zeros));
                tree.Add(zeros);
                break;
            default:
                yield return (Receiver, TransferMessages.Accept(new TransferAccept(offer.Id, TransferAcceptState.Last, 0, default)));
                break;
        }

        if (example == "whole")
        {
            yield return (Receiver, TransferMessages.Credit(offer.Id, 5));
        }

        if (offer.Length > 0)
        {
            byte[] body = new byte[TransferMessages.DataOffset + s_hello.Length];
            s_hello.CopyTo(body, TransferMessages.DataOffset);
            long last = offer.Leaves - 1;
            yield return (Sender, TransferMessages.Data(offer.Id, last * TransferOffer.LeafSize, body));
            yield return (Sender, TransferMessages.Leaf(offer.Id, last, hello));
            tree.Add(hello);
        }

        yield return (Sender, TransferMessages.Done(offer.Id, tree.Root()));
        yield return (Receiver, TransferMessages.End(offer.Id, TransferReason.Ok, ""));
    }

    private static TransferId Id(byte digit) => TransferId.Read(Enumerable.Repeat(digit, 16).ToArray());

    private static string Op(OutgoingMessage message) => message.Headers.Single(static header => header.Key == TransferMessages.OpHeader).Value;

    private static OutgoingMessage Message(string op, byte[] body) =>
        new(StationMessageKind.Service, body) { Headers = [new(OutgoingMessage.ServiceHeader, TransferMessages.Service), new(TransferMessages.OpHeader, op)] };

    // A second message of an op in one example gets a number.
    private static string Name(string example, OutgoingMessage message, string before)
    {
        string name = $"{example}-{Op(message)}";
        int count = Regex.Count(before, $"```hex {name}(-\\d)?\n");
        return count == 0 ? name : $"{name}-{count + 1}";
    }

    private static IEnumerable<(bool IsSender, string Op, byte[] Body)> Blocks(string example) =>
        Block().Matches(File.ReadAllText(FilePath)).Where(match => match.Groups["name"].Value == example).Select(static match => (
            match.Groups["side"].Value == "Sender",
            match.Groups["op"].Value,
            Convert.FromHexString(string.Concat(match.Groups["digits"].Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)))));

    [GeneratedRegex(@"^(?<side>\w+), `(?<op>\w+)`:\n\n```hex (?<name>[a-z]+)-\S+\n(?<digits>[0-9a-f\s]*?)```$", RegexOptions.Multiline)]
    private static partial Regex Block();
}
