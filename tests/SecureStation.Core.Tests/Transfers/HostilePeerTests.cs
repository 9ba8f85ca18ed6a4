using System.Buffers.Binary;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;
using SecureStation.Core.Transfers;

namespace SecureStation.Core.Tests.Transfers;

/// <summary>A peer that says what it likes: it fails its own transfer, gets a reason, and neither the session nor another transfer is touched.</summary>
public class HostilePeerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public Task Data_without_credit_fails_the_transfer() => EndsAsync(TransferReason.Broken, async (peer, offer) =>
    {
        // Faster than any disk grants: it queues, and does not wait for credit.
        for (int i = 0; i < 31; i++)
        {
            await peer.SendAsync(Data(offer.Id, i * 256 * 1024, 256 * 1024), Token);
        }
    });

    [Fact]
    public Task Data_beyond_the_length_fails_the_transfer() => EndsAsync(
        TransferReason.Broken,
        static async (peer, offer) => await peer.SendAsync(Data(offer.Id, 0, 11), Token),
        length: 10);

    [Fact]
    public Task Data_out_of_order_fails_the_transfer() => EndsAsync(
        TransferReason.Broken,
        static async (peer, offer) => await peer.SendAsync(Data(offer.Id, 5, 5), Token),
        length: 10);

    [Fact]
    public Task Data_without_a_byte_fails_the_transfer() => EndsAsync(
        TransferReason.Broken,
        static async (peer, offer) => await peer.SendAsync(Data(offer.Id, 0, 0), Token));

    [Fact]
    public Task A_wrong_hash_of_a_leaf_fails_the_transfer() => EndsAsync(
        TransferReason.ContentMismatch,
        static async (peer, offer) =>
        {
            await peer.SendAsync(Data(offer.Id, 0, 10), Token);
            await peer.SendAsync(TransferMessages.Leaf(offer.Id, 0, new byte[32]), Token);
        },
        length: 10);

    [Fact]
    public Task A_wrong_root_fails_the_transfer() => EndsAsync(
        TransferReason.ContentMismatch,
        static async (peer, offer) =>
        {
            await peer.SendAsync(Data(offer.Id, 0, 10), Token);
            await peer.SendAsync(TransferMessages.Leaf(offer.Id, 0, LeafTree.HashLeaf(new byte[10])), Token);
            await peer.SendAsync(TransferMessages.Done(offer.Id, new byte[32]), Token);
        },
        length: 10);

    [Fact]
    public Task More_leaves_than_there_are_fail_the_transfer() => EndsAsync(
        TransferReason.Broken,
        static async (peer, offer) =>
        {
            byte[] hash = LeafTree.HashLeaf(new byte[10]);
            await peer.SendAsync(Data(offer.Id, 0, 10), Token);
            await peer.SendAsync(TransferMessages.Leaf(offer.Id, 0, hash), Token);
            await peer.SendAsync(TransferMessages.Leaf(offer.Id, 1, hash), Token);
        },
        length: 10);

    [Fact]
    public Task Done_before_all_came_fails_the_transfer() => EndsAsync(
        TransferReason.Broken,
        static async (peer, offer) => await peer.SendAsync(TransferMessages.Done(offer.Id, new LeafTree().Root()), Token),
        length: 10);

    [Fact]
    public Task A_flood_of_hashes_fails_the_transfer() => EndsAsync(TransferReason.Broken, static async (peer, offer) =>
    {
        for (int i = 0; i < 20_000; i++)
        {
            await peer.SendAsync(TransferMessages.Leaf(offer.Id, i, new byte[32]), Token);
        }
    });

    [Fact]
    public Task A_message_that_is_too_short_fails_the_transfer() => EndsAsync(TransferReason.Broken, static async (peer, offer) =>
    {
        byte[] body = new byte[20];
        offer.Id.Write(body);
        await peer.SendAsync(Message(TransferOp.Leaf, body), Token);
    });

    [Theory]
    [InlineData("..")]
    [InlineData("a/../../b")]
    [InlineData("/etc/cron.d/x")]
    [InlineData("C:\\x\\y")]
    [InlineData("")]
    public async Task A_name_that_leads_elsewhere_is_refused(string name)
    {
        await using TransferPair pair = await TransferPair.CreateAsync();
        await using FileReceiver receiver = pair.Receive();
        SecureSession peer = Peer(pair);
        foreach (string[] parts in new[] { new[] { name }, ["in", name, "x"], ["in", name] })
        {
            await peer.SendAsync(TransferMessages.Offer(new TransferOffer(TransferId.Create(), parts, 1)), Token);
            Assert.Equal(TransferReason.UnsafeName, await EndAsync(peer));
            await peer.SendAsync(TransferMessages.Offer(new TransferOffer(TransferId.Create(), parts, 0) { IsFolder = true }), Token);
            Assert.Equal(TransferReason.UnsafeName, await EndAsync(peer));
        }

        Assert.Empty(pair.Everything());
        Assert.False(Path.Exists(Path.Combine(pair.Destination, "..", "b")));
    }

    [Fact]
    public async Task A_link_on_the_way_or_in_the_place_of_the_file_is_not_followed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need rights there.");
        await using TransferPair pair = await TransferPair.CreateAsync();
        using var outside = new TemporaryFolder();
        Directory.CreateSymbolicLink(Path.Combine(pair.Destination, "way"), outside.Path);
        File.CreateSymbolicLink(Path.Combine(pair.Destination, "file"), outside.File("new"));
        File.CreateSymbolicLink(Path.Combine(pair.Destination, "folder"), outside.File("nowhere"));
        pair.Write("way/a", [1]);
        pair.Write("file", [2]);
        await using (FileReceiver receiver = pair.Receive())
        {
            await TransferPair.FailedAsync(StationFault.UnsafeName, pair.Send("way"));
            await TransferPair.FailedAsync(StationFault.AlreadyExists, pair.Send("file"));
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(outside.Path));
        await using (FileReceiver receiver = pair.Receive(static options => options with { Overwrite = true }))
        {
            await TransferPair.FailedAsync(StationFault.UnsafeName, pair.Send("way"));
            await TransferPair.CompletedAsync(pair.Send("file"));
        }

        // With Overwrite the link itself was replaced.
        Assert.Empty(Directory.EnumerateFileSystemEntries(outside.Path));
        Assert.Null(new FileInfo(Path.Combine(pair.Destination, "file")).LinkTarget);
        Assert.Equal([2], pair.Received("file"));
    }

    [Fact]
    public async Task A_link_in_the_place_of_the_unfinished_file_is_not_followed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need rights there.");
        await using TransferPair pair = await TransferPair.CreateAsync();
        using var outside = new TemporaryFolder();
        byte[] victim = new byte[3 * TransferOffer.LeafSize];
        File.WriteAllBytes(outside.File("victim"), victim);
        byte[] bytes = pair.Make("a", 2 * TransferOffer.LeafSize);
        using (var source = new SourceFile(Path.Combine(pair.Source, "a")))
        {
            string part = PartName.Of(pair.Loopback.Left.LocalFingerprint!, source.CreateOffer(["a"]));
            File.CreateSymbolicLink(Path.Combine(pair.Destination, part), outside.File("victim"));
        }

        await using FileReceiver receiver = pair.Receive();
        await TransferPair.CompletedAsync(pair.Send("a"));
        Assert.Equal(bytes, pair.Received("a"));
        Assert.Equal(victim, File.ReadAllBytes(outside.File("victim")));
        Assert.Equal(["a"], pair.Everything());
    }

    [Fact]
    public async Task A_file_where_a_folder_is_to_be_stays()
    {
        await using TransferPair pair = await TransferPair.CreateAsync();
        File.WriteAllBytes(Path.Combine(pair.Destination, "f"), [9]);
        pair.Write("f/a", [1]);
        await using FileReceiver receiver = pair.Receive(static options => options with { Overwrite = true });
        await TransferPair.FailedAsync(StationFault.AlreadyExists, pair.Send("f"));
        Assert.Equal([9], pair.Received("f"));
    }

    [Fact]
    public async Task A_bad_offer_gets_a_reason_and_a_flood_of_offers_no_more_than_a_few_files()
    {
        await using TransferPair pair = await TransferPair.CreateAsync();
        await using FileReceiver receiver = pair.Receive();
        SecureSession peer = Peer(pair);
        byte[] offer = new TransferOffer(TransferId.Create(), ["a"], 5).Encode();
        foreach (byte[] bad in new[] { offer[..16], offer[..^1], [.. offer, 1] })
        {
            await peer.SendAsync(Message(TransferOp.Offer, bad), Token);
            Assert.Equal(TransferReason.Broken, await EndAsync(peer));
        }

        await peer.SendAsync(Message(TransferOp.Offer, offer[..15]), Token);
        await peer.SendAsync(Message("no such thing", offer), Token);
        for (int i = 0; i < 500; i++)
        {
            await peer.SendAsync(TransferMessages.Offer(new TransferOffer(TransferId.Create(), [$"{i}"], 1L << 30)), Token);
        }

        // It all was taken in, the session lives, and an honest transfer is only asked to wait.
        await pair.Loopback.Left.SendAsync(OutgoingMessage.Text("still here"), Token);
        Assert.Equal("still here", (await pair.Loopback.Right.ReceiveAsync(Token)).Body);
        Assert.InRange(pair.Everything().Length, 0, 32);
    }

    [Fact]
    public async Task A_length_that_no_disk_has_is_refused_by_the_limit_before_anything_is_made()
    {
        await using TransferPair pair = await TransferPair.CreateAsync();
        await using FileReceiver receiver = pair.Receive();
        SecureSession peer = Peer(pair);
        await peer.SendAsync(TransferMessages.Offer(new TransferOffer(TransferId.Create(), ["huge"], TransferOffer.MaxLength)), Token);
        Assert.Equal(TransferReason.LimitReached, await EndAsync(peer));
        Assert.Empty(pair.Everything());
    }

    [Fact]
    public async Task Folders_count_as_files_do_so_that_names_alone_fill_no_disk()
    {
        await using TransferPair pair = await TransferPair.CreateAsync();
        await using FileReceiver receiver = pair.Receive(static options => options with { MaxFiles = 20 });
        SecureSession peer = Peer(pair);
        for (int i = 0; i < 5; i++)
        {
            string[] deep = [.. Enumerable.Range(0, 50).Select(level => $"{i}-{level}")];
            await peer.SendAsync(TransferMessages.Offer(new TransferOffer(TransferId.Create(), deep, i % 2) { IsFolder = i % 2 == 0 }), Token);
            Assert.Equal(TransferReason.LimitReached, await EndAsync(peer));
        }

        Assert.Equal(20, pair.Everything().Length);
    }

    [Fact]
    public async Task A_receiver_that_lies_fails_the_senders_transfer_only()
    {
        await using TransferPair pair = await TransferPair.CreateAsync();
        pair.Make("a", 3 * TransferOffer.LeafSize);
        var peer = (SecureSession)pair.Loopback.Right;
        peer.Services.SwitchOn(TransferMessages.Service);
        foreach (Func<TransferId, OutgoingMessage> lie in new Func<TransferId, OutgoingMessage>[]
        {
            static id => TransferMessages.End(id, TransferReason.Ok, ""),
            static id => TransferMessages.Accept(new TransferAccept(id, TransferAcceptState.Last, 0, new byte[32 * 4])),
            static id => TransferMessages.Accept(new TransferAccept(id, TransferAcceptState.Last, -1, default)),
            static id => Message(TransferOp.Credit, id, 3),
        })
        {
            StationTransfer sent = pair.Send("a");
            StationMessage offer = await peer.Services.ReceiveAsync(TransferMessages.Service, Token);
            await peer.SendAsync(lie(TransferId.Read(offer.BodyBytes.Span)), Token);
            await TransferPair.FailedAsync(StationFault.TransferBroken, sent);
            Assert.Equal(TransferOp.Cancel, (await peer.Services.ReceiveAsync(TransferMessages.Service, Token)).GetHeader(TransferMessages.OpHeader));
        }

        Assert.Null(pair.Loopback.Left.EndReason);
    }

    [Fact]
    public async Task What_the_peer_says_of_its_reason_steers_no_terminal()
    {
        await using TransferPair pair = await TransferPair.CreateAsync();
        pair.Make("a", 3);
        var peer = (SecureSession)pair.Loopback.Right;
        peer.Services.SwitchOn(TransferMessages.Service);
        StationTransfer sent = pair.Send("a");
        StationMessage offer = await peer.Services.ReceiveAsync(TransferMessages.Service, Token);
        await peer.SendAsync(TransferMessages.End(TransferId.Read(offer.BodyBytes.Span), TransferReason.StorageFailed, "\u001b[2J full"), Token);
        await TransferPair.FailedAsync(StationFault.StorageFailed, sent);
        Assert.DoesNotContain('\u001b', sent.Error!.Message);
        Assert.DoesNotContain('\u001b', sent.Error.PeerHint!);
    }

    private static async Task EndsAsync(TransferReason reason, Func<SecureSession, TransferOffer, Task> attack, long length = 8L << 20)
    {
        await using TransferPair pair = await TransferPair.CreateAsync();
        await using FileReceiver receiver = pair.Receive();
        SecureSession peer = Peer(pair);
        var offer = new TransferOffer(TransferId.Create(), ["a"], length);
        await peer.SendAsync(TransferMessages.Offer(offer), Token);
        // What comes before the first credit is broken whatever it is.
        Assert.Equal([TransferOp.Accept, TransferOp.Credit], [await NextOpAsync(peer), await NextOpAsync(peer)]);
        await attack(peer, offer);
        Assert.Equal(reason, await EndAsync(peer));
        Assert.Equal(reason, TransferErrors.ReasonOf((await receiver.ReceiveAsync(Token)).Error!.Fault));
        Assert.Empty(pair.Everything());
        await pair.Loopback.Left.SendAsync(OutgoingMessage.Text("still here"), Token);
        Assert.Equal("still here", (await pair.Loopback.Right.ReceiveAsync(Token)).Body);
        Assert.Null(pair.Loopback.Right.EndReason);
    }

    private static SecureSession Peer(TransferPair pair)
    {
        var peer = (SecureSession)pair.Loopback.Left;
        peer.Services.SwitchOn(TransferMessages.Service);
        return peer;
    }

    private static async Task<string?> NextOpAsync(SecureSession peer) =>
        (await peer.Services.ReceiveAsync(TransferMessages.Service, Token).WaitAsync(TimeSpan.FromSeconds(60), Token)).GetHeader(TransferMessages.OpHeader);

    private static async Task<TransferReason> EndAsync(SecureSession peer)
    {
        while (true)
        {
            StationMessage message = await peer.Services.ReceiveAsync(TransferMessages.Service, Token).WaitAsync(TimeSpan.FromSeconds(60), Token);
            if (message.GetHeader(TransferMessages.OpHeader) == TransferOp.End)
            {
                return TransferMessages.ReadEnd(message.BodyBytes.Span).Reason;
            }
        }
    }

    private static OutgoingMessage Data(TransferId id, long offset, int length) => TransferMessages.Data(id, offset, new byte[TransferMessages.DataOffset + length]);

    private static OutgoingMessage Message(string op, byte[] body) =>
        new(StationMessageKind.Service, body) { Headers = [new(OutgoingMessage.ServiceHeader, TransferMessages.Service), new(TransferMessages.OpHeader, op)] };

    private static OutgoingMessage Message(string op, TransferId id, int more)
    {
        byte[] body = new byte[TransferId.Size + more];
        id.Write(body);
        BinaryPrimitives.WriteUInt16BigEndian(body.AsSpan(TransferId.Size), 1);
        return Message(op, body);
    }
}
