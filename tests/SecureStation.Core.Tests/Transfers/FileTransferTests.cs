using SecureStation.Core.Keys;
using SecureStation.Core.Messages;
using SecureStation.Core.Tests.Sessions;
using SecureStation.Core.Transfers;

namespace SecureStation.Core.Tests.Transfers;

public class FileTransferTests
{
    private const int Leaf = TransferOffer.LeafSize;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Leaf - 1)]
    [InlineData(Leaf)]
    [InlineData(Leaf + 1)]
    [InlineData((5 * Leaf) + 12345)]
    public async Task A_file_of_any_length_arrives_with_its_time_and_mode(int length)
    {
        await using TransferPair pair = await TransferPair.CreateAsync();
        byte[] bytes = pair.Make("a.bin", length);
        string source = Path.Combine(pair.Source, "a.bin");
        File.SetLastWriteTimeUtc(source, new DateTime(2020, 2, 3, 4, 5, 6, DateTimeKind.Utc));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(source, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        await using FileReceiver receiver = pair.Receive();
        StationTransfer sent = pair.Send("a.bin");
        await TransferPair.CompletedAsync(sent);
        StationTransfer received = await receiver.ReceiveAsync(Token);
        Assert.Equal(bytes, pair.Received("a.bin"));
        Assert.Equal(["a.bin"], pair.Everything());
        Assert.Equal((TransferState.Completed, (long)length, (long)length, 1L), (received.State, received.Length, received.BytesDone, received.FilesDone));
        Assert.Equal((TransferState.Completed, (long)length, (long)length, 1L), (sent.State, sent.Length, sent.BytesDone, sent.FilesDone));
        string target = Path.Combine(pair.Destination, "a.bin");
        Assert.Equal(target, received.Path);
        Assert.Equal(File.GetLastWriteTimeUtc(source), File.GetLastWriteTimeUtc(target));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(File.GetUnixFileMode(source), File.GetUnixFileMode(target));
        }
    }

    [Fact]
    public async Task A_folder_keeps_its_structure_its_empty_folders_and_names_in_any_script()
    {
        await using TransferPair pair = await TransferPair.CreateAsync();
        string[] names = ["logs/a.log", "logs/папка/отчёт.txt", "logs/報告/深い/📷.jpg", "logs/.hidden", "logs/empty file"];
        foreach (string name in names)
        {
            pair.Write(name, name == "logs/empty file" ? [] : System.Text.Encoding.UTF8.GetBytes(name));
        }

        Directory.CreateDirectory(Path.Combine(pair.Source, "logs/nothing/in it"));
        await using FileReceiver receiver = pair.Receive();
        StationTransfer sent = pair.Send("logs");
        await TransferPair.CompletedAsync(sent);
        Assert.True(sent.IsFolder);
        Assert.Equal(5, sent.FilesDone);
        Assert.Equal(
            ["logs", "logs/.hidden", "logs/a.log", "logs/empty file", "logs/nothing", "logs/nothing/in it", "logs/папка", "logs/папка/отчёт.txt", "logs/報告", "logs/報告/深い", "logs/報告/深い/📷.jpg"],
            pair.Everything());
        Assert.Equal("logs/報告/深い/📷.jpg"u8.ToArray(), pair.Received("logs/報告/深い/📷.jpg"));
    }

    [Fact]
    public async Task Many_small_files_go_and_none_is_listed_before_its_turn()
    {
        await using TransferPair pair = await TransferPair.CreateAsync();
        for (int i = 0; i < 1500; i++)
        {
            pair.Write($"many/{i % 10}/{i}", BitConverter.GetBytes(i));
        }

        int most = 0;
        int open = 0;
        await using var receiver = new FileReceiver(pair.Loopback.Right, new FileReceiverOptions { Folder = pair.Destination }, transfer =>
        {
            most = Math.Max(most, Interlocked.Increment(ref open));
            _ = transfer.WaitAsync(Token).ContinueWith(_ => Interlocked.Decrement(ref open), TaskScheduler.Default);
        });
        StationTransfer sent = pair.Send("many");
        int received = 0;
        while (received < 1500)
        {
            Assert.Equal(TransferState.Completed, (await receiver.ReceiveAsync(Token)).State);
            received++;
        }

        await TransferPair.CompletedAsync(sent);
        Assert.Equal(1500, sent.FilesDone);
        Assert.InRange(most, 1, 32 + 256);
        Assert.Equal(BitConverter.GetBytes(1234), pair.Received("many/4/1234"));
    }

    [Fact]
    public async Task Links_in_a_folder_are_passed_over()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need rights there.");
        await using TransferPair pair = await TransferPair.CreateAsync();
        pair.Write("f/a", [1]);
        File.CreateSymbolicLink(Path.Combine(pair.Source, "f/secret"), "/etc/hostname");
        Directory.CreateSymbolicLink(Path.Combine(pair.Source, "f/loop"), pair.Source);
        var passed = new List<string>();
        await using FileReceiver receiver = pair.Receive();
        await TransferPair.CompletedAsync(pair.Send("f", new FileSenderOptions { PassedOver = passed.Add }));
        Assert.Equal(["f", "f/a"], pair.Everything());
        Assert.Equal(2, passed.Count);
    }

    [Fact]
    public async Task The_same_file_sent_again_after_a_cut_goes_on_where_it_was()
    {
        using StationKeyPair sender = StationKeyPair.Generate();
        await using TransferPair folders = await TransferPair.CreateAsync();
        TransferPair first = await folders.AgainAsync(sender);
        byte[] bytes = folders.Make("big", 20 * Leaf);
        using var gate = new SemaphoreSlim(0);
        await using (FileReceiver receiver = first.Receive(options => options with { OpenPart = Slow(offset => WaitAt(offset, 12L * Leaf, gate)) }))
        {
            StationTransfer sent = first.Send("big");
            await Expect.UntilAsync(() => sent.BytesDone > 12 * Leaf);
            first.Loopback.Left.Abort();
            gate.Release(100);
            await TransferPair.EndAsync(sent);
            Assert.Equal(TransferState.Failed, sent.State);
        }

        Assert.DoesNotContain("big", folders.Everything());
        TransferPair second = await folders.AgainAsync(sender);
        await using (FileReceiver receiver = second.Receive())
        {
            StationTransfer sent = second.Send("big");
            await TransferPair.CompletedAsync(sent);
            Assert.True(sent.BytesSkipped >= 11L * Leaf, $"{sent.BytesSkipped}");
            StationTransfer received = await receiver.ReceiveAsync(Token);
            Assert.Equal(sent.BytesSkipped, received.BytesSkipped);
        }

        Assert.Equal(bytes, folders.Received("big"));
        Assert.Equal(["big"], folders.Everything());
        await second.Loopback.DisposeAsync();
    }

    [Fact]
    public async Task What_is_wrong_in_an_unfinished_file_is_sent_again()
    {
        using StationKeyPair sender = StationKeyPair.Generate();
        await using TransferPair folders = await TransferPair.CreateAsync();
        TransferPair pair = await folders.AgainAsync(sender);
        byte[] bytes = folders.Make("big", (6 * Leaf) + 7);
        string part = PartOf(folders, "big", pair.Loopback.Left.LocalFingerprint!);
        byte[] wrong = [.. bytes[..(5 * Leaf)], .. new byte[77]];
        wrong[(3 * Leaf) + 5] ^= 1;
        File.WriteAllBytes(part, wrong);
        await using FileReceiver receiver = pair.Receive();
        StationTransfer sent = pair.Send("big");
        await TransferPair.CompletedAsync(sent);
        Assert.Equal(3L * Leaf, sent.BytesSkipped);
        Assert.Equal(bytes, folders.Received("big"));
        Assert.Equal(["big"], folders.Everything());
        await pair.Loopback.DisposeAsync();
    }

    [Fact]
    public async Task A_whole_unfinished_file_only_gets_its_name()
    {
        using StationKeyPair sender = StationKeyPair.Generate();
        await using TransferPair folders = await TransferPair.CreateAsync();
        TransferPair pair = await folders.AgainAsync(sender);
        byte[] bytes = folders.Make("big", (2 * Leaf) + 7);
        File.WriteAllBytes(PartOf(folders, "big", pair.Loopback.Left.LocalFingerprint!), bytes);
        await using FileReceiver receiver = pair.Receive();
        StationTransfer sent = pair.Send("big");
        await TransferPair.CompletedAsync(sent);
        Assert.Equal(bytes.Length, sent.BytesSkipped);
        Assert.Equal(["big"], folders.Everything());
        await pair.Loopback.DisposeAsync();
    }

    [Fact]
    public async Task Another_senders_or_another_states_unfinished_file_is_left_alone()
    {
        await using TransferPair pair = await TransferPair.CreateAsync();
        pair.Make("big", 3 * Leaf);
        string foreign = PartOf(pair, "big", "SHA256:somebody else");
        File.WriteAllBytes(foreign, new byte[2 * Leaf]);
        await using FileReceiver receiver = pair.Receive();
        StationTransfer sent = pair.Send("big");
        await TransferPair.CompletedAsync(sent);
        Assert.Equal(0, sent.BytesSkipped);
        Assert.Equal(2, pair.Everything().Length);
        Assert.Equal(2 * Leaf, new FileInfo(foreign).Length);
    }

    [Fact]
    public async Task A_file_that_is_there_already_is_compared_and_not_sent()
    {
        await using TransferPair pair = await TransferPair.CreateAsync();
        byte[] bytes = pair.Make("a", (3 * Leaf) + 1);
        await using FileReceiver receiver = pair.Receive();
        await TransferPair.CompletedAsync(pair.Send("a"));
        long before = pair.Loopback.Left.BytesSent;
        StationTransfer again = pair.Send("a");
        await TransferPair.CompletedAsync(again);
        Assert.Equal(bytes.Length, again.BytesSkipped);
        Assert.InRange(pair.Loopback.Left.BytesSent - before, 1, 2000);
        Assert.Equal(["a"], pair.Everything());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Another_file_of_that_name_stays_unless_it_is_to_be_replaced(bool looksTheSame)
    {
        await using TransferPair pair = await TransferPair.CreateAsync();
        byte[] bytes = pair.Make("a", (2 * Leaf) + 1);
        byte[] old = looksTheSame ? [.. bytes] : [1, 2, 3];
        old[^1] ^= 1;
        string target = Path.Combine(pair.Destination, "a");
        File.WriteAllBytes(target, old);
        File.SetLastWriteTimeUtc(target, File.GetLastWriteTimeUtc(Path.Combine(pair.Source, "a")));
        await using (FileReceiver receiver = pair.Receive())
        {
            StationTransfer sent = pair.Send("a");
            await TransferPair.FailedAsync(StationFault.AlreadyExists, sent);
            Assert.Equal(StationSubject.PeersFile, sent.Error!.Subject);
            Assert.Equal(StationFault.AlreadyExists, (await receiver.ReceiveAsync(Token)).Error!.Fault);
            Assert.Equal(old, pair.Received("a"));
        }

        await using (FileReceiver receiver = pair.Receive(static options => options with { Overwrite = true }))
        {
            await TransferPair.CompletedAsync(pair.Send("a"));
            Assert.Equal(bytes, pair.Received("a"));
        }

        Assert.Equal(["a"], pair.Everything());
    }

    [Fact]
    public async Task A_folder_of_that_name_is_never_replaced()
    {
        await using TransferPair pair = await TransferPair.CreateAsync();
        pair.Make("a", 10);
        Directory.CreateDirectory(Path.Combine(pair.Destination, "a"));
        await using FileReceiver receiver = pair.Receive(static options => options with { Overwrite = true });
        await TransferPair.FailedAsync(StationFault.AlreadyExists, pair.Send("a"));
        Assert.Equal(["a"], pair.Everything());
    }

    [Fact]
    public async Task One_file_of_a_folder_that_fails_does_not_take_the_others_along()
    {
        await using TransferPair pair = await TransferPair.CreateAsync();
        for (int i = 0; i < 30; i++)
        {
            pair.Write($"f/{i}", [(byte)i]);
        }

        Directory.CreateDirectory(Path.Combine(pair.Destination, "f"));
        File.WriteAllBytes(Path.Combine(pair.Destination, "f/7"), [99]);
        await using FileReceiver receiver = pair.Receive();
        var failed = new List<string>();
        StationTransfer sent = pair.Send("f", new FileSenderOptions { Failed = (path, _) => failed.Add(Path.GetFileName(path)) });
        await TransferPair.FailedAsync(StationFault.AlreadyExists, sent);
        Assert.Equal(["7"], failed);
        Assert.Equal((29L, 1L), (sent.FilesDone, sent.FilesFailed));
        Assert.Equal([99], pair.Received("f/7"));
    }

    [Fact]
    public async Task Nobody_who_takes_files_is_a_typed_error()
    {
        await using TransferPair pair = await TransferPair.CreateAsync();
        pair.Make("a", 10);
        StationTransfer sent = pair.Send("a");
        await TransferPair.FailedAsync(StationFault.UnknownService, sent);
        Assert.Equal(TransferState.Failed, sent.State);
    }

    [Fact]
    public async Task A_folder_that_nobody_takes_is_one_error()
    {
        await using TransferPair pair = await TransferPair.CreateAsync();
        for (int i = 0; i < 40; i++)
        {
            pair.Write($"f/{i}", [1]);
        }

        int failed = 0;
        StationTransfer sent = pair.Send("f", new FileSenderOptions { Failed = (_, _) => failed++ });
        await TransferPair.FailedAsync(StationFault.UnknownService, sent);
        Assert.Equal((0, 0L), (failed, sent.FilesFailed));
    }

    [Fact]
    public async Task A_peer_that_may_not_send_files_is_told_so_and_still_gets_them()
    {
        await using TransferPair pair = await TransferPair.CreateAsync();
        pair.Make("a", 10);
        pair.Loopback.Right.Capabilities = new Core.Trust.PeerCapabilities(["dh"]);
        using var home = new TemporaryFolder();
        await using FileReceiver right = pair.Receive();
        await using var left = new FileReceiver(pair.Loopback.Left, new FileReceiverOptions { Folder = home.Path });
        await TransferPair.FailedAsync(StationFault.NotAllowed, pair.Send("a"));
        StationTransfer back = FileSender.Start(pair.Loopback.Right, Path.Combine(pair.Source, "a"));
        await TransferPair.CompletedAsync(back);
        Assert.Empty(pair.Everything());
    }

    [Fact]
    public async Task A_peer_that_may_send_files_no_longer_is_told_so_in_the_middle()
    {
        await using TransferPair pair = await TransferPair.CreateAsync();
        pair.Make("big", 10 * Leaf);
        using var gate = new SemaphoreSlim(0);
        await using FileReceiver receiver = pair.Receive(options => options with { OpenPart = Slow(offset => WaitAt(offset, 4L * Leaf, gate)) });
        StationTransfer sent = pair.Send("big");
        await Expect.UntilAsync(() => sent.BytesDone > 4 * Leaf);
        pair.Loopback.Right.Capabilities = new Core.Trust.PeerCapabilities(["dh"]);
        gate.Release(1000);
        await TransferPair.FailedAsync(StationFault.NotAllowed, sent);
    }

    [Fact]
    public async Task A_receiver_may_come_a_moment_late()
    {
        await using TransferPair pair = await TransferPair.CreateAsync();
        byte[] bytes = pair.Make("a", 10);
        StationTransfer sent = pair.Send("a");
        await Task.Delay(300, Token);
        await using FileReceiver receiver = pair.Receive();
        await TransferPair.CompletedAsync(sent);
        Assert.Equal(bytes, pair.Received("a"));
    }

    [Fact]
    public async Task A_slow_disk_never_shuts_the_window_for_messages()
    {
        await using TransferPair pair = await TransferPair.CreateAsync();
        for (int i = 0; i < 6; i++)
        {
            pair.Make($"f/{i}", (3 * Leaf) + i);
        }

        using var gate = new SemaphoreSlim(0);
        await using FileReceiver receiver = pair.Receive(options => options with { OpenPart = Slow(_ => gate.Wait(Token)) });
        StationTransfer sent = pair.Send("f");
        await Expect.UntilAsync(() => sent.BytesDone >= 512 * 1024);
        for (int i = 0; i < 20; i++)
        {
            await pair.Loopback.Left.SendAsync(OutgoingMessage.Bytes(new byte[100_000]), Token);
            Assert.Equal(100_000, (await pair.Loopback.Right.ReceiveAsync(Token)).Length);
        }

        Assert.InRange(sent.BytesDone, 512 * 1024, (512 * 1024) + (6 * 64 * 1024));
        gate.Release(100_000);
        await TransferPair.CompletedAsync(sent);
    }

    [Fact]
    public async Task A_full_disk_ends_that_transfer_with_its_reason_and_keeps_what_can_be_gone_on_with()
    {
        await using TransferPair pair = await TransferPair.CreateAsync();
        byte[] bytes = pair.Make("big", 5 * Leaf);
        pair.Make("small", 10);
        bool isFull = true;
        await using FileReceiver receiver = pair.Receive(options => options with { OpenPart = Slow(offset => Fill(offset)) });
        StationTransfer sent = pair.Send("big");
        await TransferPair.FailedAsync(StationFault.StorageFailed, sent);
        Assert.Contains("the disk is full", sent.Error!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(pair.Destination, sent.Error.Message, StringComparison.Ordinal);
        Assert.Equal(StationFault.StorageFailed, (await receiver.ReceiveAsync(Token)).Error!.Fault);
        string part = Assert.Single(pair.Everything());
        Assert.EndsWith(".part", part, StringComparison.Ordinal);
        await TransferPair.CompletedAsync(pair.Send("small"));
        isFull = false;
        StationTransfer again = pair.Send("big");
        await TransferPair.CompletedAsync(again);
        Assert.Equal(3L * Leaf, again.BytesSkipped);
        Assert.Equal(bytes, pair.Received("big"));

        void Fill(long offset)
        {
            if (isFull && offset >= (3 * Leaf) + 1000)
            {
                throw new IOException("No space left on device", 28);
            }
        }
    }

    [Fact]
    public async Task A_source_that_changes_while_it_is_sent_is_noticed()
    {
        await using TransferPair pair = await TransferPair.CreateAsync();
        pair.Make("log", 8 * Leaf);
        string source = Path.Combine(pair.Source, "log");
        int changed = 0;
        await using FileReceiver receiver = pair.Receive(options => options with { OpenPart = Slow(offset => Change(offset)) });
        await TransferPair.FailedAsync(StationFault.SourceChanged, pair.Send("log"));
        Assert.Equal(StationFault.TransferCanceled, (await receiver.ReceiveAsync(Token)).Error!.Fault);
        Assert.DoesNotContain("log", pair.Everything());

        void Change(long offset)
        {
            if (offset >= 2 * Leaf && Interlocked.Exchange(ref changed, 1) == 0)
            {
                File.AppendAllText(source, "more");
            }
        }
    }

    [Fact]
    public async Task A_source_that_is_cut_while_it_is_sent_is_noticed()
    {
        await using TransferPair pair = await TransferPair.CreateAsync();
        pair.Make("log", 8 * Leaf);
        string source = Path.Combine(pair.Source, "log");
        int changed = 0;
        await using FileReceiver receiver = pair.Receive(options => options with { OpenPart = Slow(offset => Change(offset)) });
        await TransferPair.FailedAsync(StationFault.SourceChanged, pair.Send("log"));

        void Change(long offset)
        {
            if (offset >= 2 * Leaf && Interlocked.Exchange(ref changed, 1) == 0)
            {
                using FileStream file = new(source, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
                file.SetLength(10);
            }
        }
    }

    [Fact]
    public async Task More_bytes_or_files_than_a_peer_may_send_are_refused_and_those_before_stay()
    {
        await using TransferPair pair = await TransferPair.CreateAsync();
        pair.Make("a", 600);
        pair.Make("b", 600);
        pair.Make("c", 300);
        pair.Make("d", 1);
        await using FileReceiver receiver = pair.Receive(static options => options with { MaxBytes = 1000, MaxFiles = 3 });
        await TransferPair.CompletedAsync(pair.Send("a"));
        StationTransfer refused = pair.Send("b");
        await TransferPair.FailedAsync(StationFault.TransferLimit, refused);
        Assert.Contains("1000 bytes", refused.Error!.Message, StringComparison.Ordinal);
        await TransferPair.CompletedAsync(pair.Send("c"));
        await TransferPair.FailedAsync(StationFault.TransferLimit, pair.Send("d"));
        Assert.Equal(["a", "c"], pair.Everything());
    }

    [Fact]
    public async Task Holes_stay_holes()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere the blocks of a file are not to be seen.");
        await using TransferPair pair = await TransferPair.CreateAsync();
        using (FileStream file = File.Create(Path.Combine(pair.Source, "sparse")))
        {
            file.SetLength(64L * Leaf);
            file.Position = 30L * Leaf;
            file.Write("in the middle"u8);
        }

        await using FileReceiver receiver = pair.Receive();
        await TransferPair.CompletedAsync(pair.Send("sparse"));
        string target = Path.Combine(pair.Destination, "sparse");
        Assert.Equal(64L * Leaf, new FileInfo(target).Length);
        Assert.Equal("in the middle"u8.ToArray(), pair.Received("sparse").AsSpan(30 * Leaf, 13).ToArray());
        Assert.InRange(await BlocksAsync(target), 0, 4 * Leaf / 512);
    }

    [Fact]
    public async Task Stop_ends_a_transfer_on_both_sides_and_it_can_be_gone_on_with()
    {
        await using TransferPair pair = await TransferPair.CreateAsync();
        byte[] bytes = pair.Make("big", 10 * Leaf);
        using var gate = new SemaphoreSlim(0);
        await using FileReceiver receiver = pair.Receive(options => options with { OpenPart = Slow(offset => WaitAt(offset, 4L * Leaf, gate)) });
        StationTransfer sent = pair.Send("big");
        await Expect.UntilAsync(() => sent.BytesDone > 4 * Leaf);
        sent.Stop();
        gate.Release(1000);
        await TransferPair.FailedAsync(StationFault.TransferCanceled, sent);
        Assert.Equal(TransferState.Stopped, sent.State);
        StationTransfer received = await receiver.ReceiveAsync(Token);
        Assert.Equal((TransferState.Failed, StationFault.TransferCanceled), (received.State, received.Error!.Fault));
        StationTransfer again = pair.Send("big");
        await TransferPair.CompletedAsync(again);
        Assert.InRange(again.BytesSkipped, 3L * Leaf, 10L * Leaf);
        Assert.Equal(bytes, pair.Received("big"));
    }

    [Fact]
    public async Task A_receiver_can_stop_a_transfer()
    {
        await using TransferPair pair = await TransferPair.CreateAsync();
        pair.Make("big", 10 * Leaf);
        using var gate = new SemaphoreSlim(0);
        StationTransfer? received = null;
        await using var receiver = new FileReceiver(
            pair.Loopback.Right, new FileReceiverOptions { Folder = pair.Destination, OpenPart = Slow(offset => WaitAt(offset, 4L * Leaf, gate)) }, transfer => received = transfer);
        StationTransfer sent = pair.Send("big");
        await Expect.UntilAsync(() => sent.BytesDone > 4 * Leaf);
        received!.Stop();
        gate.Release(1000);
        await TransferPair.FailedAsync(StationFault.TransferCanceled, sent);
        Assert.Equal(TransferState.Stopped, (await receiver.ReceiveAsync(Token)).State);
    }

    [Fact]
    public async Task A_peer_that_says_nothing_for_too_long_ends_the_transfer()
    {
        await using TransferPair pair = await TransferPair.CreateAsync();
        pair.Make("big", 10 * Leaf);
        using var gate = new SemaphoreSlim(0);
        await using FileReceiver receiver = pair.Receive(options => options with { OpenPart = Slow(offset => WaitAt(offset, 4L * Leaf, gate)) });
        await TransferPair.FailedAsync(StationFault.Timeout, pair.Send("big", new FileSenderOptions { Silence = TimeSpan.FromSeconds(1) }));
        gate.Release(1000);
    }

    [Fact]
    public async Task A_session_that_ends_ends_its_transfers_with_its_reason()
    {
        await using TransferPair pair = await TransferPair.CreateAsync();
        pair.Make("big", 10 * Leaf);
        using var gate = new SemaphoreSlim(0);
        await using FileReceiver receiver = pair.Receive(options => options with { OpenPart = Slow(offset => WaitAt(offset, 4L * Leaf, gate)) });
        StationTransfer sent = pair.Send("big");
        await Expect.UntilAsync(() => sent.BytesDone > 4 * Leaf);
        pair.Loopback.Right.Abort();
        gate.Release(1000);
        await TransferPair.EndAsync(sent);
        Assert.Contains(sent.Error!.Fault, new[] { StationFault.Truncated, StationFault.SessionClosed });
        Assert.Equal(StationFault.SessionClosed, (await receiver.ReceiveAsync(Token)).Error!.Fault);
        await Expect.FaultAsync(StationFault.SessionClosed, receiver.ReceiveAsync(Token));
        StationTransfer late = FileSender.Start(pair.Loopback.Right, pair.Source);
        await TransferPair.FailedAsync(StationFault.SessionClosed, late);
    }

    [Fact]
    public async Task One_receiver_a_session()
    {
        await using TransferPair pair = await TransferPair.CreateAsync();
        await using (FileReceiver receiver = pair.Receive())
        {
            StationAssert.Fails(StationFault.InvalidState, () => pair.Receive());
        }

        await using FileReceiver next = pair.Receive();
        StationAssert.Fails(StationFault.NotFound, () => _ = new FileReceiver(pair.Loopback.Left, new FileReceiverOptions { Folder = Path.Combine(pair.Destination, "none") }));
        StationAssert.Fails(StationFault.NotFound, () => pair.Send("none"));
    }

    [Fact]
    public async Task A_sender_that_comes_back_takes_its_file_over_from_the_session_that_was_cut()
    {
        using StationKeyPair sender = StationKeyPair.Generate();
        await using TransferPair folders = await TransferPair.CreateAsync();
        TransferPair old = await folders.AgainAsync(sender);
        TransferPair fresh = await folders.AgainAsync(sender);
        byte[] bytes = folders.Make("big", 10 * Leaf);
        using var gate = new SemaphoreSlim(0);
        await using FileReceiver oldReceiver = old.Receive(options => options with { OpenPart = Slow(offset => WaitAt(offset, 4L * Leaf, gate)) });
        await using FileReceiver freshReceiver = fresh.Receive();
        StationTransfer cut = old.Send("big");
        await Expect.UntilAsync(() => cut.BytesDone > 4 * Leaf);
        StationTransfer sent = fresh.Send("big");
        await Task.Delay(100, Token);
        gate.Release(1000);
        await TransferPair.CompletedAsync(sent);
        await TransferPair.FailedAsync(StationFault.TransferCanceled, cut);
        Assert.Equal(bytes, folders.Received("big"));
        Assert.Equal(["big"], folders.Everything());
        await old.Loopback.DisposeAsync();
        await fresh.Loopback.DisposeAsync();
    }

    [Fact]
    public async Task Files_go_both_ways_at_once()
    {
        await using TransferPair pair = await TransferPair.CreateAsync();
        byte[] there = pair.Make("there", 9 * Leaf);
        using var other = new TemporaryFolder();
        byte[] back = new byte[8 * Leaf];
        new Random(1).NextBytes(back);
        File.WriteAllBytes(other.File("back"), back);
        using var home = new TemporaryFolder();
        await using FileReceiver right = pair.Receive();
        await using var left = new FileReceiver(pair.Loopback.Left, new FileReceiverOptions { Folder = home.Path });
        StationTransfer first = pair.Send("there");
        StationTransfer second = FileSender.Start(pair.Loopback.Right, other.File("back"));
        await TransferPair.CompletedAsync(first);
        await TransferPair.CompletedAsync(second);
        Assert.Equal(there, pair.Received("there"));
        Assert.Equal(back, File.ReadAllBytes(home.File("back")));
    }

    private static Func<string, string, TransferOffer, IPartFile> Slow(Action<long> beforeWrite) =>
        (target, sender, offer) => new SlowPart(PartFile.Open(target, sender, offer), beforeWrite);

    private static void WaitAt(long offset, long from, SemaphoreSlim gate)
    {
        if (offset >= from)
        {
            gate.Wait(TimeSpan.FromSeconds(60));
        }
    }

    private static string PartOf(TransferPair pair, string name, string sender)
    {
        using var source = new SourceFile(Path.Combine(pair.Source, name));
        return Path.Combine(pair.Destination, PartName.Of(sender, source.CreateOffer([name])));
    }

    private static async Task<long> BlocksAsync(string path)
    {
        using var stat = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("stat", ["-c", "%b", path]) { RedirectStandardOutput = true })!;
        return long.Parse(await stat.StandardOutput.ReadToEndAsync(Token), System.Globalization.CultureInfo.InvariantCulture);
    }
}
