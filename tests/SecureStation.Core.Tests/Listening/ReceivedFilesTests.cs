using SecureStation.Core.Listening;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;
using SecureStation.Core.Tests.Transfers;
using SecureStation.Core.Transfers;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Tests.Listening;

/// <summary>A listener with a folder takes the files of its sessions from their first moment on.</summary>
public sealed class ReceivedFilesTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TemporaryFolder _source = new();
    private readonly SlowToBegin _slow = new();
    private readonly StationListener _listener;

    public ReceivedFilesTests()
    {
        _listener = StationListener.Start(new StationListenerOptions { Trust = new ListenerTrust { Mode = TrustMode.Any }, ReceiveFiles = new FileReceiverOptions { Folder = _folder.Path } });
        _listener.Services.Add(_slow);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _slow.GoOn();
        await _listener.DisposeAsync();
        _slow.Dispose();
        _folder.Dispose();
        _source.Dispose();
    }

    [Fact]
    public async Task A_session_that_can_be_found_has_its_files_taken()
    {
        await using StationSession session = await TestListener.ConnectAsync(_listener);
        await _slow.Held.WaitAsync(TestListener.Patience, Token);
        StationSession accepted = await _listener.AcceptAsync(Token).WaitAsync(TestListener.Patience, Token);
        StationAssert.Fails(StationFault.InvalidState, () => GC.KeepAlive(new FileReceiver(accepted, new FileReceiverOptions { Folder = _source.Path })));
    }

    [Fact]
    public async Task A_file_that_is_offered_at_once_is_taken()
    {
        await using StationSession session = await TestListener.ConnectAsync(_listener);
        await _slow.Held.WaitAsync(TestListener.Patience, Token);
        string file = _source.File("a.txt");
        await File.WriteAllTextAsync(file, "at once", Token);
        await TransferPair.CompletedAsync(FileSender.Start(session, file));
        Assert.Equal("at once", await File.ReadAllTextAsync(_folder.File("a.txt"), Token));
    }

    /// <summary>Holds the listener up after a session can be found, where it looks a second time for what it offers.</summary>
    private sealed class SlowToBegin : ISessionService, IDisposable
    {
        private readonly ManualResetEventSlim _gate = new();
        private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _attached;

        /// <summary>Completes when it does so.</summary>
        public Task Held => _held.Task;

        public void Attach(SecureSession session)
        {
            if (Interlocked.Increment(ref _attached) == 2)
            {
                _held.SetResult();
                _gate.Wait(TestListener.Patience);
            }
        }

        public void GoOn() => _gate.Set();

        public void Dispose() => _gate.Dispose();
    }
}
