using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Sessions;
using SecureStation.Core.Transfers;

namespace SecureStation.Commands;

/// <summary>Send-StationFile: sends files and folders; what was cut goes on where it was.</summary>
[Cmdlet(VerbsCommunications.Send, "StationFile", DefaultParameterSetName = PathSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(StationTransfer))]
public sealed class SendStationFileCommand : StationCmdlet
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";

    // Failures of a folder's files that are remembered, so that none is written twice.
    private const int MaxRemembered = 1000;

    private readonly ConcurrentQueue<(string Path, StationException Failure)> _failures = new();
    private readonly ConcurrentQueue<string> _links = new();
    private bool _hasShown;

    /// <summary>Files and folders, with wildcards.</summary>
    [Parameter(ParameterSetName = PathSet, Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public string[] Path { get; set; } = [];

    /// <summary>Files and folders, without wildcards.</summary>
    [Parameter(ParameterSetName = LiteralPathSet, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP", "FullName")]
    [ValidateNotNullOrEmpty]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>The session.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNull]
    [FromId<StationSession>]
    [ArgumentCompleter(typeof(Completers.RunningCompleter<StationSession>))]
    public StationSession? Session { get; set; }

    /// <summary>Does not wait: writes each transfer when it has begun.</summary>
    [Parameter]
    public SwitchParameter NoWait { get; set; }

    /// <summary>Writes each transfer when it is over.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>How long the peer may say nothing about a file.</summary>
    [Parameter]
    [ValidateTimeout]
    public double TimeoutSec { get; set; } = 30;

    /// <inheritdoc/>
    protected override object? ErrorTarget => Session;

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        bool isLiteral = ParameterSetName == LiteralPathSet;
        foreach (string path in isLiteral ? LiteralPath : Path)
        {
            try
            {
                foreach (string file in isLiteral ? [PathResolver.Unresolved(this, path)] : PathResolver.Existing(this, path, isLiteral: false))
                {
                    Send(file);
                }
            }
            catch (StationException failure)
            {
                WriteFailure(failure, path);
            }
        }
    }

    /// <inheritdoc/>
    protected override void EndCommand()
    {
        if (_hasShown)
        {
            WriteProgress(new ProgressRecord(0, "Sending", "done") { RecordType = ProgressRecordType.Completed });
        }
    }

    private void Send(string path)
    {
        if (!ShouldProcess(path, $"Send to {Session!.PeerName ?? Session.RemoteAddress}"))
        {
            return;
        }

        StationTransfer transfer = FileSender.Start(Session, path, new FileSenderOptions
        {
            Silence = Deadline.After(TimeoutSec).Remaining,
            Failed = NoWait ? null : (file, failure) => _failures.Enqueue((file, failure)),
            PassedOver = NoWait ? null : _links.Enqueue,
        });
        StationRegistry.Current.Add(transfer);
        if (NoWait)
        {
            WriteObject(transfer);
            return;
        }

        WaitFor(transfer);
        if (PassThru)
        {
            WriteObject(transfer);
        }
    }

    private void WaitFor(StationTransfer transfer)
    {
        var written = new HashSet<StationException>(ReferenceEqualityComparer.Instance);
        try
        {
            while (!transfer.HasEnded)
            {
                Await(token => Task.WhenAny(transfer.WaitAsync(token), Task.Delay(TransferProgress.Interval, token)), Deadline.After(Deadline.Infinite), "The transfer did not end");
                WriteFailures(written);
                if (!transfer.HasEnded)
                {
                    _hasShown = true;
                    WriteProgress(TransferProgress.Of(transfer, $"Sending {transfer.Name}"));
                }
            }
        }
        finally
        {
            // Ctrl+C, or a -ErrorAction Stop on a file of the folder.
            transfer.Stop();
        }

        WriteFailures(written);
        WarnOfLinks(transfer);
        if (transfer.Error is { } error && !written.Contains(error))
        {
            WriteFailure(error, transfer.Path);
        }
    }

    private void WriteFailures(HashSet<StationException> written)
    {
        while (_failures.TryDequeue(out (string Path, StationException Failure) failed))
        {
            if (written.Count < MaxRemembered)
            {
                written.Add(failed.Failure);
            }

            WriteFailure(failed.Failure, failed.Path);
        }
    }

    private void WarnOfLinks(StationTransfer transfer)
    {
        if (_links.TryPeek(out string? first))
        {
            WriteWarning($"{_links.Count} link(s) in '{transfer.Path}' were passed over, '{first}' the first: a link may lead anywhere. Send what is behind it by its own name.");
            _links.Clear();
        }
    }
}
