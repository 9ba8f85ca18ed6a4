using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Listening;
using SecureStation.Core.Mailboxes;
using SecureStation.Core.Sessions;
using SecureStation.Serialization;

namespace SecureStation.Commands;

/// <summary>Receive-StationMessage: takes messages out of the inbox of sessions, of all sessions of a listener, or out of a mailbox.</summary>
[Cmdlet(VerbsCommunications.Receive, "StationMessage", DefaultParameterSetName = SessionSet)]
[OutputType(typeof(StationMessage), ParameterSetName = [SessionSet, ListenerSet])]
[OutputType(typeof(MailboxMessage), ParameterSetName = [MailboxSet, SealingKeySet])]
public sealed partial class ReceiveStationMessageCommand : IdentityCmdlet
{
    private const string SessionSet = "Session";
    private const string ListenerSet = "Listener";

    private readonly List<StationSession> _sessions = [];

    /// <summary>The sessions; several are waited on together.</summary>
    [Parameter(ParameterSetName = SessionSet, Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [FromId<StationSession>]
    [ArgumentCompleter(typeof(Completers.RunningCompleter<StationSession>))]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public StationSession[] Session { get; set; } = [];

    /// <summary>The listener whose sessions' messages are wanted.</summary>
    [Parameter(ParameterSetName = ListenerSet, Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNull]
    [FromId<StationListener>]
    [ArgumentCompleter(typeof(Completers.RunningCompleter<StationListener>))]
    public StationListener? Listener { get; set; }

    /// <summary>How many messages; out of a mailbox, at most so many of what is there, unless it is told to wait.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Count { get; set; } = 1;

    /// <summary>Goes on until the sessions close, or -Count is reached if it is given; from a mailbox, until it is stopped.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <summary>How long the whole call may take; with -Wait, how long nothing may come. Where nothing is said: for ever; of a mailbox, only what is there.</summary>
    [Parameter]
    [ValidateTimeout]
    public double TimeoutSec { get; set; } = Deadline.Infinite;

    /// <inheritdoc/>
    protected override object? ErrorTarget => Mailbox ?? Listener ?? (object?)(_sessions.Count == 1 ? _sessions[0] : _sessions.ToArray());

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        // Sessions are waited on together, once all are known; listeners one after the other.
        _sessions.AddRange(Session.Where(session => !_sessions.Contains(session)));
        if (Listener is not null)
        {
            Receive();
        }
    }

    /// <inheritdoc/>
    protected override void EndCommand()
    {
        if (Mailbox is not null)
        {
            ReceiveMail();
        }
        else if (_sessions.Count > 0)
        {
            Receive();
        }
    }

    private void Receive()
    {
        int count = Wait && !MyInvocation.BoundParameters.ContainsKey(nameof(Count)) ? int.MaxValue : Count;
        Deadline deadline = Deadline.After(TimeoutSec);
        try
        {
            for (int taken = 0; taken < count; taken++)
            {
                // One is taken when the one before has been written: what a script does not read any more stays in the inbox.
                WriteObject(MessageBodies.Read(Take(deadline)));
                if (Wait)
                {
                    deadline = Deadline.After(TimeoutSec);
                }
            }
        }
        catch (StationException end) when (Wait && end.Fault == StationFault.SessionClosed)
        {
            WriteBrokenEnds();
        }
    }

    private StationMessage Take(Deadline deadline)
    {
        const string Nothing = "No message came";
        if (Listener is not null)
        {
            return Listener.TryReceive(out StationMessage? waiting)
                ? waiting
                : Await(Listener.ReceiveAsync, deadline, Nothing);
        }

        return _sessions.Count == 1 && _sessions[0].TryReceive(out StationMessage? message)
            ? message
            : Await(token => StationSession.ReceiveAnyAsync(_sessions, token), deadline, Nothing);
    }

    // All sessions have ended, which is what -Wait waits for. One that did not end in order is still an error.
    private void WriteBrokenEnds()
    {
        foreach (StationSession session in _sessions)
        {
            if (session.EndReason is { } reason && reason.Fault != StationFault.SessionClosed)
            {
                WriteFailure(reason, session);
            }
        }
    }
}
