using System.Globalization;
using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Mailboxes;
using SecureStation.Core.Messages;
using SecureStation.Core.Receipts;
using SecureStation.Core.Sessions;
using SuppressMessage = System.Diagnostics.CodeAnalysis.SuppressMessageAttribute;

namespace SecureStation.Commands;

/// <summary>
/// Send-StationMessage: sends strings as text, byte[] as bytes, anything else as an object: over a session, or sealed into a mailbox for stations that
/// need not be there.
/// </summary>
[Cmdlet(VerbsCommunications.Send, "StationMessage", DefaultParameterSetName = SessionSet)]
[OutputType(typeof(StationReceipt), typeof(StationSendResult), typeof(SentMail))]
public sealed partial class SendStationMessageCommand : MessageInputCmdlet
{
    private const string SessionSet = "Session";
    private const string PipedSet = "PipedSession";
    private const string GroupSet = "Group";
    private const string ReplySet = "InReplyTo";

    // So many receipts may be due before the next message is sent.
    private const int ReceiptWindow = 256;

    private readonly Queue<(ulong Id, int Length, Task<SignedReceipt?> Delivered)> _due = new();
    private CancellationTokenSource _cancel = new();
    private ulong _lastId;
    private long _sent;
    private long _bytes;
    private bool _hasFailed;

    /// <summary>The session, or several: each gets every message. Sessions from the pipeline need -InputObject.</summary>
    [Parameter(ParameterSetName = SessionSet, Mandatory = true, Position = 0)]
    [Parameter(ParameterSetName = PipedSet, Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [FromId<StationSession>]
    [ArgumentCompleter(typeof(Completers.RunningCompleter<StationSession>))]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public StationSession[] Session { get; set; } = [];

    /// <summary>The groups of the trust store whose members get every message, each by its newest open session here.</summary>
    [Parameter(ParameterSetName = GroupSet, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completers.PeerGroupCompleter))]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public string[] Group { get; set; } = [];

    /// <summary>The folder of the trust store that knows groups and peers; the user's own where none is given.</summary>
    [Parameter(ParameterSetName = GroupSet)]
    [Parameter(ParameterSetName = MailboxSet)]
    [Parameter(ParameterSetName = ReplySet)]
    [ValidateNotNullOrEmpty]
    public string? TrustStore { get; set; }

    /// <summary>The value. It binds by value only, because users' objects have properties of all names.</summary>
    [Parameter(ParameterSetName = SessionSet, Mandatory = true, Position = 1, ValueFromPipeline = true)]
    [Parameter(ParameterSetName = GroupSet, Mandatory = true, Position = 1, ValueFromPipeline = true)]
    [Parameter(ParameterSetName = ReplySet, Mandatory = true, Position = 1, ValueFromPipeline = true)]
    [Parameter(ParameterSetName = MailboxSet, Mandatory = true, Position = 1, ValueFromPipeline = true)]
    [Parameter(ParameterSetName = PipedSet, Mandatory = true)]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public override object? InputObject { get; set; }

    /// <summary>The message that is answered: through the session that it came from, or into its mailbox, sealed for its sender's card.</summary>
    [Parameter(ParameterSetName = ReplySet, Mandatory = true)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(Completers.VariableCompleter<StationMessage>))]
    public ReplyTarget? InReplyTo { get; set; }

    /// <summary>Waits until the peer has all messages in its inbox; with a mailbox, until each is as safe as the mailbox can make it.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <summary>Writes a receipt for each message, when the peer has it in its inbox, or the mailbox has it.</summary>
    [Parameter]
    public SwitchParameter Receipt { get; set; }

    /// <summary>With -Receipt: the receiver's identity signs it, and it is compared with what was sent.</summary>
    [Parameter]
    public SwitchParameter Signed { get; set; }

    /// <summary>How long a message may wait for room in the outbox, and then for its delivery.</summary>
    [Parameter]
    [ValidateTimeout]
    public double TimeoutSec { get; set; } = 30;

    /// <inheritdoc/>
    protected override object? ErrorTarget => IsMail ? MailTarget : IsToMany ? Group.Length > 0 ? Group : Session : Target;

    private StationSession Target => InReplyTo?.Message!.Session ?? Session[0];

    private bool IsToMany => ParameterSetName is GroupSet or PipedSet || Session.Length > 1;

    /// <inheritdoc/>
    protected override void BeginCommand()
    {
        if (Signed && !Receipt)
        {
            throw new StationException(StationFault.InvalidArgument, "-Signed says how -Receipt is to be: give both.");
        }

        _cancel.Dispose();
        _cancel = CancellationTokenSource.CreateLinkedTokenSource(StopToken);
        if (IsMail)
        {
            if (Signed)
            {
                throw new StationException(StationFault.InvalidArgument, "A mailbox signs no receipts: -Signed is for sessions.");
            }

            BeginMail();
        }
        else if (ParameterSetName == GroupSet)
        {
            BeginGroups();
        }
    }

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        if (IsMail)
        {
            SendMail();
            return;
        }

        if (IsToMany)
        {
            if (Signed)
            {
                throw new StationException(StationFault.InvalidArgument, "A signed receipt is one receiver's: send to one session at a time.");
            }

            SendToMany();
            return;
        }

        try
        {
            if (!TryMakeMessage(InReplyTo?.Message!.Id ?? 0, out OutgoingMessage? message))
            {
                return;
            }

            _lastId = Send(message);
            _sent++;
            _bytes += message.Body.Length;
            if (Receipt)
            {
                _due.Enqueue((_lastId, message.Body.Length, ReceiveReceiptAsync(_lastId, message)));
                WriteReceipts(ReceiptWindow);
            }
        }
        catch (StationException failure) when (Target.State is StationSessionState.Closing or StationSessionState.Closed
            || failure.Fault is StationFault.Timeout or StationFault.UnknownService or StationFault.NotAllowed)
        {
            // Nothing that follows could be sent, or it would overtake what was not. What feeds this command need not go on: it may never end.
            _hasFailed = true;
            WriteFailure(failure, Target);
            this.StopUpstream();
        }
    }

    /// <inheritdoc/>
    protected override void EndCommand()
    {
        if (IsMail)
        {
            return;
        }

        if (IsToMany)
        {
            EndMany();
            return;
        }

        // After a failure only what is known is told: the error has been written, and nothing is waited for again.
        WriteReceipts(_hasFailed ? int.MaxValue : 0);
        if (!Receipt && !_hasFailed && _lastId != 0)
        {
            // Messages are stored and delivered in order, so the last one stands for all.
            AwaitLast(Wait ? Target.WaitDeliveredAsync(_lastId, _cancel.Token) : Target.WaitStoredAsync(_lastId, _cancel.Token));
        }

        WriteVerbose(string.Create(
            CultureInfo.InvariantCulture,
            $"Gave {_sent} messages of {_bytes} bytes in all to session {Target.Id}{(_hasFailed ? ", then it failed" : Wait || Receipt ? "; the peer has them in its inbox" : string.Empty)}."));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _cancel.Cancel();
            _cancel.Dispose();
            EndMail();
        }

        base.Dispose(disposing);
    }

    private ulong Send(OutgoingMessage message)
    {
        // Where there is a state the messages of a pipeline share its commits: that they are stored is waited for at the end.
        ValueTask<ulong> sending = Target.QueueAsync(message, _cancel.Token);
        return sending.IsCompletedSuccessfully
            ? sending.Result
            : Await(sending.AsTask(), _cancel, Deadline.After(TimeoutSec), "The peer did not take what was sent before");
    }

    // What is delivered is written at once; what is due beyond the window is waited for.
    private void WriteReceipts(int window)
    {
        while (_due.TryPeek(out (ulong Id, int Length, Task<SignedReceipt?> Delivered) first) && (_due.Count > window || first.Delivered.IsCompleted))
        {
            _due.Dequeue();
            try
            {
                AwaitLast(first.Delivered);
            }
            catch (StationException failure) when (failure.Fault == StationFault.ReceiptMismatch)
            {
                // That message's alone.
                WriteFailure(failure, Target);
                continue;
            }

            WriteObject(new StationReceipt(Target, first.Id, first.Length, DateTimeOffset.Now, first.Delivered.Result));
        }
    }

    private async Task<SignedReceipt?> ReceiveReceiptAsync(ulong id, OutgoingMessage message)
    {
        if (Signed)
        {
            return await ReceiptRequest.AskAsync(Target, id, message, _cancel.Token).ConfigureAwait(false);
        }

        await Target.WaitDeliveredAsync(id, _cancel.Token).ConfigureAwait(false);
        return null;
    }

    private void AwaitLast(Task confirmed)
    {
        if (!confirmed.IsCompletedSuccessfully)
        {
            Await(Finish(confirmed), _cancel, Deadline.After(TimeoutSec), string.Create(CultureInfo.InvariantCulture, $"{(Wait || Receipt ? "The peer did not confirm" : "The state did not take")} message {_lastId}"));
        }

        static async Task<bool> Finish(Task task)
        {
            await task.ConfigureAwait(false);
            return true;
        }
    }
}
