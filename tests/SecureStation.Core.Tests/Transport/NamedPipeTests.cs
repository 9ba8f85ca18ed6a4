using SecureStation.Core.Connecting;
using SecureStation.Core.Listening;
using SecureStation.Core.Sessions;
using SecureStation.Core.Tests.Listening;
using SecureStation.Core.Tests.Sessions;
using SecureStation.Core.Transport;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Tests.Transport;

/// <summary>Through the acceptor and the dialer's inside, so on every system: .NET has named pipes everywhere, the station offers them on Windows.</summary>
public class NamedPipeTests
{
    private readonly StationAddress _address = StationAddress.NamedPipe($"station-{Guid.NewGuid():n}"[..24]);

    [Fact]
    public async Task Sessions_go_over_a_pipe_several_at_once()
    {
        await using StationListener listener = StationListener.Start(
            new StationListenerOptions { Trust = new ListenerTrust { Mode = TrustMode.Any } }, [NamedPipeAcceptor.Open(_address)]);
        Assert.Equal((_address, 0), (listener.Addresses[0], listener.Port));
        Assert.Null(listener.Invitation);
        StationAssert.Fails(StationFault.InvalidState, () => listener.CreateInvitation(1, TimeSpan.FromHours(1)));

        using var client = new StationClient(new StationClientOptions { Trust = new ClientTrust { ExpectedFingerprint = listener.PublicKey.Fingerprint } });
        StationSession[] sessions = await Task.WhenAll(Enumerable.Range(0, 3).Select(async _ =>
            await client.ConnectAsync(await NamedPipes.DialAsync(_address, TestContext.Current.CancellationToken), TestContext.Current.CancellationToken)))
            .WaitAsync(TestListener.Patience, TestContext.Current.CancellationToken);
        foreach (StationSession session in sessions)
        {
            await TestListener.AssertWorksAsync(listener, session);
            await session.CloseAsync(TestContext.Current.CancellationToken);
            Assert.Equal(StationFault.SessionClosed, session.EndReason!.Fault);
        }
    }

    [Fact]
    public async Task A_name_that_is_taken_is_ListenFailed_and_free_after_it()
    {
        NamedPipeAcceptor first = NamedPipeAcceptor.Open(_address);
        StationAssert.Fails(StationFault.ListenFailed, () => NamedPipeAcceptor.Open(_address));
        Task accepting = first.AcceptAsync(TestContext.Current.CancellationToken).AsTask();
        await first.DisposeAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => accepting.WaitAsync(TestListener.Patience, TestContext.Current.CancellationToken));
        await using NamedPipeAcceptor second = NamedPipeAcceptor.Open(_address);
    }

    [Fact]
    public async Task Nobody_there_is_ConnectFailed() =>
        await Expect.FaultAsync(StationFault.ConnectFailed, NamedPipes.DialAsync(_address, TestContext.Current.CancellationToken));

    [Fact]
    public async Task Elsewhere_than_on_Windows_they_are_refused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has named pipes.");
        StationException listening = StationAssert.Fails(StationFault.InvalidArgument, () => StationListener.Start(new StationListenerOptions { Address = _address.ToString(), Trust = new ListenerTrust() }));
        Assert.Contains("unix:", listening.Message, StringComparison.Ordinal);
        await Expect.FaultAsync(StationFault.InvalidArgument, StationClient.ConnectAsync(
            new StationClientOptions { Address = _address, Trust = new ClientTrust() }, TestContext.Current.CancellationToken));
    }
}
