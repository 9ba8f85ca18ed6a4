using System.Collections.Concurrent;
using System.Globalization;
using SecureStation.Core;
using SecureStation.Core.Connecting;
using SecureStation.Core.Keys;
using SecureStation.Core.Sessions;
using SecureStation.Core.State;
using SecureStation.Core.Transport;

namespace SecureStation.Commands;

// Many connects beside one another: sessions in the order in which they are there, errors as they come, each about its own peer.
public sealed partial class ConnectStationCommand
{
    private readonly Dictionary<Task<StationSession>, object?> _connecting = [];
    private readonly CancellationTokenSource _leaving = new();

    // Sessions of the state that are over, with what nobody has received.
    private readonly ConcurrentQueue<StationSession> _endedUnread = new();

    // One for all that the command connects to; sessions that use it keep it open.
    private StationState? _state;

    private StationState? OpenState(StationKeyPair? keyPair) => _state ??= StateFile.Open(this, StatePath, StatePassphrase, keyPair);

    /// <inheritdoc/>
    protected override void EndCommand()
    {
        while (_connecting.Count > 0)
        {
            AwaitOne();
        }

        TellOfUnread();
    }

    private void TellOfUnread()
    {
        while (_endedUnread.TryDequeue(out StationSession? ended))
        {
            StationRegistry.Current.AddUnread(ended);
            WriteWarning(string.Create(
                CultureInfo.InvariantCulture,
                $"Of session {ended.Id[..8]}, which is over, {ended.InboxCount} messages wait to be received: Get-StationSession {ended.Id[..8]} | Receive-StationMessage -Count {ended.InboxCount}"));
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            // What comes to be after this is nobody's.
            _leaving.Cancel();
            _leaving.Dispose();
            _state?.Dispose();
            foreach (Task<StationSession> late in _connecting.Keys)
            {
                _ = late.ContinueWith(static one => one.Result.Abort(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
            }
        }

        base.Dispose(disposing);
    }

    private void ConnectBeside(IReadOnlyList<StationAddress> targets, Func<StationAddress, double, StationClientOptions> options)
    {
        while (_connecting.Count >= ThrottleLimit)
        {
            AwaitOne();
        }

        CancellationToken leaving = _leaving.Token;
        _connecting.Add(Task.Run(() => ConnectToFirstAsync(targets, options, Deadline.After(TimeoutSec), leaving), leaving), ErrorTarget);
        WriteReady();
    }

    private void AwaitOne()
    {
        Await(_ => Task.WhenAny(_connecting.Keys), Deadline.After(Deadline.Infinite), "Nobody answered");
        WriteReady();
    }

    private void WriteReady()
    {
        foreach ((Task<StationSession> connecting, object? target) in _connecting.Where(static one => one.Key.IsCompleted).ToArray())
        {
            _connecting.Remove(connecting);
            try
            {
                StationSession session = connecting.GetAwaiter().GetResult();
                StationRegistry.Current.Add(session);
                Tell(session);
                WriteObject(session);
            }
            catch (StationException failure)
            {
                WriteFailure(failure, target);
            }
        }
    }

    private static async Task<StationSession> ConnectToFirstAsync(
        IReadOnlyList<StationAddress> targets, Func<StationAddress, double, StationClientOptions> options, Deadline deadline, CancellationToken leaving)
    {
        for (int i = 0; ; i++)
        {
            int left = targets.Count - i;
            try
            {
                StationSession session = await StationClient.ConnectAsync(options(targets[i], targets.Count == 1 ? deadline.Seconds : deadline.ShareOf(left)), leaving).ConfigureAwait(false);
                if (leaving.IsCancellationRequested)
                {
                    session.Abort();
                }

                return session;
            }
            catch (StationException failure) when (left > 1 && failure.Fault is (StationFault.ConnectFailed or StationFault.Timeout))
            {
                // The next address of the same peer.
            }
        }
    }
}
