using System.Collections.Concurrent;
using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Sessions;
using SecureStation.Core.Transfers;

namespace SecureStation.Commands;

/// <summary>Receive-StationFile: takes files that the peer sends into a folder, and writes each transfer.</summary>
[Cmdlet(VerbsCommunications.Receive, "StationFile", DefaultParameterSetName = DestinationPathSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(StationTransfer))]
public sealed class ReceiveStationFileCommand : StationCmdlet
{
    private const string DestinationPathSet = "DestinationPath";
    private const string LiteralPathSet = "LiteralPath";

    private static readonly TimeSpan s_lettingGo = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentQueue<StationTransfer> _underWay = new();
    private long _lastDone;
    private bool _hasShown;

    /// <summary>The session.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    [FromId<StationSession>]
    [ArgumentCompleter(typeof(Completers.RunningCompleter<StationSession>))]
    public StationSession? Session { get; set; }

    /// <summary>The folder that files are written into; the current one where none is given.</summary>
    [Parameter(ParameterSetName = DestinationPathSet, Position = 1)]
    [Alias("Destination")]
    [ValidateNotNullOrEmpty]
    public string DestinationPath { get; set; } = ".";

    /// <summary>The folder, its characters as they are.</summary>
    [Parameter(ParameterSetName = LiteralPathSet, Mandatory = true)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string LiteralPath { get; set; } = "";

    /// <summary>The most bytes that are taken.</summary>
    [Parameter]
    [ValidateRange(0L, long.MaxValue)]
    public long MaxBytes { get; set; } = FileReceiverOptions.DefaultMaxBytes;

    /// <summary>The most files that are taken.</summary>
    [Parameter]
    [ValidateRange(0L, long.MaxValue)]
    public long MaxFiles { get; set; } = FileReceiverOptions.DefaultMaxFiles;

    /// <summary>Replaces files that are there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>How many files, those that failed included.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Count { get; set; } = 1;

    /// <summary>Goes on until the session closes, or -Count is reached if it is given.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <summary>How long nothing may come.</summary>
    [Parameter]
    [ValidateTimeout]
    public double TimeoutSec { get; set; } = Deadline.Infinite;

    /// <inheritdoc/>
    protected override object? ErrorTarget => Session;

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        string folder = PathResolver.Folder(this, ParameterSetName == LiteralPathSet ? LiteralPath : DestinationPath, isLiteral: ParameterSetName == LiteralPathSet);
        if (!ShouldProcess(folder, "Take files that the peer sends"))
        {
            return;
        }

        var receiver = new FileReceiver(
            Session!,
            new FileReceiverOptions { Folder = folder, Overwrite = Force, MaxBytes = MaxBytes, MaxFiles = MaxFiles },
            transfer =>
            {
                StationRegistry.Current.Add(transfer);
                _underWay.Enqueue(transfer);
            });
        try
        {
            TakeAll(receiver);
        }
        finally
        {
            receiver.DisposeAsync().AsTask().Wait(s_lettingGo);
        }
    }

    /// <inheritdoc/>
    protected override void EndCommand()
    {
        if (_hasShown)
        {
            WriteProgress(new ProgressRecord(0, "Receiving", "done") { RecordType = ProgressRecordType.Completed });
        }
    }

    private void TakeAll(FileReceiver receiver)
    {
        int count = Wait && !MyInvocation.BoundParameters.ContainsKey(nameof(Count)) ? int.MaxValue : Count;
        try
        {
            for (int taken = 0; taken < count; taken++)
            {
                StationTransfer transfer = TakeNext(receiver);
                if (transfer.Error is { } error)
                {
                    WriteFailure(error, transfer);
                }
                else
                {
                    WriteObject(transfer);
                }
            }
        }
        catch (StationException end) when (Wait && end.Fault == StationFault.SessionClosed)
        {
            // That is what -Wait waits for.
        }
    }

    // The silence ends with whatever comes: a file, or a part of one.
    private StationTransfer TakeNext(FileReceiver receiver)
    {
        Deadline silence = Deadline.After(TimeoutSec);
        Task<StationTransfer> next = receiver.ReceiveAsync(StopToken);
        while (!next.IsCompleted)
        {
            if (HasMoved())
            {
                silence = Deadline.After(TimeoutSec);
            }
            else if (silence.HasPassed)
            {
                throw TimedOut(silence, "No file came, and no part of one,");
            }

            TimeSpan pause = silence.IsInfinite || silence.Remaining > TransferProgress.Interval ? TransferProgress.Interval : silence.Remaining;
            Await(token => Task.WhenAny(next, Task.Delay(pause, token)), Deadline.After(Deadline.Infinite), "No file came");
            Show();
        }

        return next.GetAwaiter().GetResult();
    }

    private bool HasMoved()
    {
        long done = _underWay.Sum(static transfer => transfer.BytesDone + 1);
        bool hasMoved = done != _lastDone;
        _lastDone = done;
        return hasMoved;
    }

    // Those that are over stand at the head sooner or later, and go.
    private void Show()
    {
        while (_underWay.TryPeek(out StationTransfer? first) && first.HasEnded)
        {
            _underWay.TryDequeue(out _);
        }

        if (_underWay.FirstOrDefault(static transfer => !transfer.HasEnded) is { } current)
        {
            _hasShown = true;
            WriteProgress(TransferProgress.Of(current, $"Receiving {current.Name}"));
        }
    }
}
