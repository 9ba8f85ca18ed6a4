using System.Net.Sockets;
using System.Runtime.InteropServices;
using SecureStation.Core.Connecting;
using SecureStation.Core.Interop;
using SecureStation.Core.Keys;
using SecureStation.Core.Keys.Files;
using SecureStation.Core.Listening;
using SecureStation.Core.Sessions;
using SecureStation.Core.Tests.Listening;
using SecureStation.Core.Tests.Sessions;
using SecureStation.Core.Transport;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Tests.Transport;

public sealed class UnixSocketTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly TemporaryFolder _folder = new();

    public UnixSocketTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "Modes and owners of files are Unix's.");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("s.sock")]
    [InlineData("Ein Söckchen, groß & klein?#%41.sock")]
    public async Task Sessions_go_over_a_socket_that_is_this_users_alone(string name)
    {
        string path = _folder.File(name);
        await using StationListener listener = Start(path);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(OwnerOnly, File.GetUnixFileMode(path));
        }

        Assert.Equal("unix:" + path, Assert.Single(listener.Addresses).ToString());
        Assert.Equal(0, listener.Port);
        Assert.Empty(listener.EndPoints);

        await using StationSession session = await ConnectAsync(listener);
        Assert.Equal("unix:" + path, session.RemoteAddress);
        await TestListener.AssertWorksAsync(listener, session);
        await session.CloseAsync(TestContext.Current.CancellationToken);
        Assert.Equal(StationFault.SessionClosed, session.EndReason!.Fault);
        await listener.StopAsync(TestContext.Current.CancellationToken);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task A_link_that_leads_nowhere_is_no_socket()
    {
        using var folder = new TemporaryFolder();
        File.CreateSymbolicLink(folder.File("s.sock"), folder.File("nowhere"));
        StationException e = await Expect.FaultAsync(
            StationFault.ConnectFailed, UnixTransport.ConnectAsync(StationAddress.UnixSocket(folder.File("s.sock")), TestContext.Current.CancellationToken));
        Assert.Contains("there is no such socket", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_invitation_leads_there_and_pins_the_path()
    {
        string path = _folder.File("Ä b.sock");
        var keys = new KeyStore(_folder.File("keys"));
        var store = new FileTrustStore(_folder.File("trust"));
        StationKeyPair server = keys.Save("server", StationKeyPair.Generate()), client = keys.Save("client", StationKeyPair.Generate());
        await using StationListener listener = Start(path, server, new ListenerTrust { Store = new FileTrustStore(_folder.File("listener")) });
        string uri = listener.Invitation!.Reveal();
        Assert.StartsWith($"station:unix:{_folder.Path}/%C3%84%20b.sock?key=", uri, StringComparison.Ordinal);

        using StationInvitation invitation = StationInvitation.Parse(uri);
        Assert.Equal((string.Empty, 0, "unix:" + path), (invitation.Host, invitation.Port, invitation.Address));
        var trust = new ClientTrust { Store = store, Invitation = invitation };
        await using (StationSession session = await StationClient.ConnectAsync(
            new StationClientOptions { KeyPair = client, Trust = trust }, TestContext.Current.CancellationToken))
        {
            Assert.Equal(TrustBasis.Invitation, session.TrustBasis);
        }

        Assert.Equal(server.PublicKey.Fingerprint, store.FindPin("unix:" + path));
        Assert.Null(store.FindPin("unix:" + path.Replace("Ä", "ä", StringComparison.Ordinal)));
        Assert.Equal("unix:" + path, Assert.Single(store.List().Single().Addresses));
        await using StationSession again = await ConnectAsync(listener, new ClientTrust { Store = store, Address = "unix:" + path }, client);
        Assert.Equal(TrustBasis.Pinned, again.TrustBasis);
    }

    [Fact]
    public async Task What_a_dead_process_left_is_taken_away()
    {
        string path = _folder.File("s.sock");
        LeaveSocket(path);
        await using StationListener listener = Start(path);
        await using StationSession session = await ConnectAsync(listener);
        await TestListener.AssertWorksAsync(listener, session);
    }

    [Fact]
    public async Task Of_two_listeners_at_one_path_the_first_stays()
    {
        string path = _folder.File("s.sock");
        await using StationListener first = Start(path);
        Assert.Contains("somebody listens", Refused(path).Message, StringComparison.Ordinal);
        await using StationSession session = await ConnectAsync(first);
        await TestListener.AssertWorksAsync(first, session);
    }

    [Fact]
    public async Task While_one_looks_what_is_left_another_waits()
    {
        string path = _folder.File("s.sock");
        LeaveSocket(path);
        Task<StationListener> start;
        using (UnixFile.Lock(_folder.Path, TestListener.Patience))
        {
            start = Task.Run(() => Start(path), TestContext.Current.CancellationToken);
            Assert.NotSame(start, await Task.WhenAny(start, Task.Delay(300, TestContext.Current.CancellationToken)));
        }

        await using StationListener listener = await start.WaitAsync(TestListener.Patience, TestContext.Current.CancellationToken);
        await using StationSession session = await ConnectAsync(listener);
        await TestListener.AssertWorksAsync(listener, session);
    }

    [Fact]
    public async Task Of_many_who_find_what_is_left_one_gets_the_path()
    {
        string path = _folder.File("s.sock");
        for (int round = 0; round < 5; round++)
        {
            LeaveSocket(path);
            using var start = new Barrier(8);
            StationListener?[] all = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    start.SignalAndWait(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
                    try
                    {
                        return Start(path);
                    }
                    catch (StationException e) when (e.Fault == StationFault.ListenFailed)
                    {
                        return null;
                    }
                },
                TestContext.Current.CancellationToken,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default)));
            StationListener winner = Assert.Single(all, static listener => listener is not null)!;
            await using (StationSession session = await ConnectAsync(winner))
            {
                await TestListener.AssertWorksAsync(winner, session);
            }

            await winner.StopAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task What_lies_there_and_is_no_socket_stays()
    {
        string file = _folder.File("file");
        await File.WriteAllTextAsync(file, "mine", TestContext.Current.CancellationToken);
        Assert.Contains("no socket", Refused(file).Message, StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));

        string socket = _folder.File("s.sock"), link = _folder.File("link");
        LeaveSocket(socket);
        File.CreateSymbolicLink(link, socket);
        Refused(link);
        Assert.True(File.Exists(socket));
        Directory.CreateDirectory(_folder.File("folder"));
        Refused(_folder.File("folder"));
        StationException e = Refused(_folder.File("missing/s.sock"));
        Assert.Contains("no folder", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_users_socket_stays()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can give a file away.");
        string path = _folder.File("s.sock");
        LeaveSocket(path);
        Assert.Equal(0, GiveTo(path, 65534, 65534));
        Assert.Contains("another user", Refused(path).Message, StringComparison.Ordinal);
        Assert.True(File.Exists(path));
    }

    [Fact]
    public async Task At_its_end_a_listener_removes_its_own_socket_and_no_other()
    {
        string path = _folder.File("s.sock");
        StationListener first = Start(path);
        File.Delete(path);
        await using StationListener second = Start(path);
        await first.StopAsync(TestContext.Current.CancellationToken);
        await using StationSession session = await ConnectAsync(second);
        await TestListener.AssertWorksAsync(second, session);
    }

    [Fact]
    public async Task Nobody_there_is_ConnectFailed_at_once()
    {
        string path = _folder.File("s.sock");
        StationException missing = await Expect.FaultAsync(StationFault.ConnectFailed, ConnectAsync(path));
        Assert.Contains("no such socket", missing.Message, StringComparison.Ordinal);
        Assert.Equal(("unix:" + path, HandshakeStage.Connect, StationSubject.UnixSocket), (missing.Address, missing.Stage, missing.Subject));
        LeaveSocket(path);
        StationException dead = await Expect.FaultAsync(StationFault.ConnectFailed, ConnectAsync(path));
        Assert.Contains("nobody listens", dead.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_queue_makes_a_client_wait_and_no_error()
    {
        string path = _folder.File("s.sock");
        using var slow = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        slow.Bind(new UnixDomainSocketEndPoint(path));
        slow.Listen(0);
        using var waiting = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await waiting.ConnectAsync(new UnixDomainSocketEndPoint(path), TestContext.Current.CancellationToken);
        Task<UnixTransport> next = UnixTransport.ConnectAsync(StationAddress.UnixSocket(path), TestContext.Current.CancellationToken);
        (await slow.AcceptAsync(TestContext.Current.CancellationToken)).Dispose();
        using Socket second = await slow.AcceptAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TestListener.Patience, TestContext.Current.CancellationToken);
        await using UnixTransport connected = await next.WaitAsync(TestListener.Patience, TestContext.Current.CancellationToken);
        Assert.Contains("somebody listens", Refused(path).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_port_or_a_host_name_beside_it_is_InvalidArgument()
    {
        StationAssert.Fails(StationFault.InvalidArgument, () => StationListener.Start(Options(_folder.File("s.sock")) with { Port = 7700 }));
        StationAssert.Fails(StationFault.InvalidArgument, () => StationListener.Start(Options(_folder.File("s.sock")) with { AdvertisedHostName = "me.example" }));
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task Every_connection_is_a_source_of_its_own()
    {
        await using StationListener listener = StationListener.Start(Options(_folder.File("s.sock")) with { Limits = StationLimits.Default with { MaxPendingConnections = 2 } });
        await using UnixTransport oldest = await UnixTransport.ConnectAsync(listener.Addresses[0], TestContext.Current.CancellationToken);
        await using UnixTransport second = await UnixTransport.ConnectAsync(listener.Addresses[0], TestContext.Current.CancellationToken);
        await Expect.UntilAsync(() => listener.PendingConnections == 2);
        await using UnixTransport third = await UnixTransport.ConnectAsync(listener.Addresses[0], TestContext.Current.CancellationToken);

        // Were they one source, it would be the same; but each counts alone, so that the oldest of all goes, and an honest client gets in.
        await Expect.UntilAsync(() => listener.HandshakesFailed == 1);
        await using StationSession session = await ConnectAsync(listener);
        await TestListener.AssertWorksAsync(listener, session);
        Assert.NotEqual(ConnectionSource.Of(second), ConnectionSource.Of(second));
    }

    private static StationListener Start(string path, StationKeyPair? key = null, ListenerTrust? trust = null) => StationListener.Start(Options(path, key, trust));

    private static StationListenerOptions Options(string path, StationKeyPair? key = null, ListenerTrust? trust = null) =>
        new() { Address = "unix:" + path, KeyPair = key, Trust = trust ?? new ListenerTrust { Mode = TrustMode.Any } };

    private static Task<StationSession> ConnectAsync(StationListener listener, ClientTrust? trust = null, StationKeyPair? key = null) =>
        StationClient.ConnectAsync(new StationClientOptions
        {
            Address = listener.Addresses[0],
            KeyPair = key,
            Trust = trust ?? new ClientTrust { ExpectedFingerprint = listener.PublicKey.Fingerprint },
        }).WaitAsync(TestListener.Patience);

    private static Task<StationSession> ConnectAsync(string path) =>
        StationClient.ConnectAsync(new StationClientOptions { Address = StationAddress.UnixSocket(path), Trust = new ClientTrust() });

    private static StationException Refused(string path)
    {
        StationException e = StationAssert.Fails(StationFault.ListenFailed, () => Start(path));
        Assert.Equal(("unix:" + path, StationSubject.UnixSocket), (e.Address, e.Subject));
        return e;
    }

    /// <summary>What is left of a listener that was killed. (.NET deletes the name that was bound; this has another by then.)</summary>
    private void LeaveSocket(string path)
    {
        string name = _folder.File("bound");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(name));
        socket.Listen();
        File.Move(name, path);
    }

    [DllImport("libc", EntryPoint = "chown", SetLastError = true)]
    private static extern int GiveTo([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint user, uint group);
}
