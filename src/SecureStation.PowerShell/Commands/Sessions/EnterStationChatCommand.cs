using System.Management.Automation;
using SecureStation.Chat;
using SecureStation.Core;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Core.Transfers;
using SecureStation.Serialization;

namespace SecureStation.Commands;

/// <summary>
/// Enter-StationChat: what is typed, or piped, goes to the peer line by line; what it says is written as it comes. <c>quit</c> leaves and
/// closes the session, Ctrl+C leaves only.
/// </summary>
[Cmdlet(VerbsCommon.Enter, "StationChat")]
[OutputType(typeof(string))]
public sealed partial class EnterStationChatCommand : StationCmdlet
{
    private const string Quit = "quit";

    // Soon enough for somebody who types; little enough for a machine that waits.
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(20);

    private readonly List<StationTransfer> _transfers = [];
    private ChatLines? _typed;
    private bool _isMyTurn;
    private bool _hasQuit;

    /// <summary>The session, of any protocol.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNull]
    [FromId<StationSession>]
    [ArgumentCompleter(typeof(Completers.RunningCompleter<StationSession>))]
    public StationSession? Session { get; set; }

    /// <summary>Lines to say instead of typed ones.</summary>
    [Parameter(ValueFromPipeline = true)]
    [AllowNull]
    [AllowEmptyString]
    public string? InputObject { get; set; }

    /// <summary>
    /// With piped lines: how long to wait for the other side's turn, and after the last line, how long nothing may come before it leaves.
    /// −1 waits for ever.
    /// </summary>
    [Parameter]
    [ValidateTimeout]
    public double TimeoutSec { get; set; } = 5;

    /// <inheritdoc/>
    protected override object? ErrorTarget => Session;

    private StationSession Peer => Session!;

    private bool IsOver => _hasQuit || (Peer.EndReason is not null && Peer.InboxCount == 0);

    /// <inheritdoc/>
    protected override void BeginCommand()
    {
        // Who connects speaks first.
        _isMyTurn = Peer.Role == StationRole.Initiator;
        if (!MyInvocation.ExpectingInput && InputObject is null)
        {
            _typed = new ChatLines(Host);
            string turns = !Peer.TakesTurns ? "" : _isMyTurn ? " In turn, and you begin." : " In turn, and the other side begins.";
            Host.UI.WriteLine($"Chat with {Peer.PeerName ?? Peer.RemoteAddress} over {Peer.Protocol}{(Peer.IsSecure ? "" : ", which is not secure")}.{turns} 'quit' leaves and closes it, /help shows more.");
        }
    }

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        if (_typed is null && InputObject is not null && !IsOver)
        {
            if (InputObject != Quit)
            {
                WaitForTurn();
            }

            Say(InputObject);
        }
    }

    /// <inheritdoc/>
    protected override void EndCommand()
    {
        if (_typed is null)
        {
            ShowUntilSilence();
        }
        else
        {
            Converse(_typed);
        }

        if (!_hasQuit && Peer.EndReason is { } reason)
        {
            Explain(reason);
        }
    }

    private void Explain(StationException reason)
    {
        if (reason.Fault != StationFault.SessionClosed)
        {
            WriteFailure(reason, Peer);
        }
        else if (_typed is not null)
        {
            // Somebody sits here and has not said quit.
            Host.UI.WriteLine(reason.Message);
        }
        else
        {
            WriteVerbose(reason.Message);
        }
    }

    private void Converse(ChatLines lines)
    {
        // A line that was typed before its turn; quit has none to wait for.
        string? line = null;
        while (!IsOver && (line is not null || !lines.IsFinished))
        {
            ShowArrived();
            ShowTransfers(lines);
            if (line is null && lines.TryRead(out string typed) && typed.Length > 0)
            {
                line = typed;
            }

            if (line is not null && Do(ChatCommand.Parse(line), lines))
            {
                line = null;
            }
            else
            {
                Rest();
            }
        }

        if (!_hasQuit)
        {
            ShowUntilSilence();
        }
    }

    private string Who() => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"{ForeignText.Show(Peer.PeerName ?? "(no name)")} {Peer.RemoteFingerprint ?? "(no key)"} at {Peer.RemoteAddress}, since {Peer.ConnectedAt.LocalDateTime:HH:mm}: {Peer.Security}");

    private void Say(string line)
    {
        if (line == Quit)
        {
            _hasQuit = true;
            Await(token => Peer.CloseAsync(token), Deadline.After(30), "The session was not closed");
            return;
        }

        // An empty line says nothing, and the other side of a protocol with turns would wait for ever.
        if (line.Length > 0)
        {
            Await(token => Peer.SendAsync(OutgoingMessage.Text(line), token).AsTask(), Deadline.After(30), "The peer did not take what was sent before");
            _isMyTurn = false;
        }
    }

    // A piped line waits for the answer to the one before.
    private void WaitForTurn()
    {
        Deadline deadline = Deadline.After(TimeoutSec);
        ShowArrived();
        while (Peer.TakesTurns && !_isMyTurn && !IsOver)
        {
            if (deadline.HasPassed)
            {
                throw TimedOut(deadline, "It is the other side's turn to say something, and it did not");
            }

            Rest();
            ShowArrived();
        }
    }

    private void ShowUntilSilence()
    {
        Deadline deadline = Deadline.After(TimeoutSec);
        while (!IsOver && !deadline.HasPassed)
        {
            if (ShowArrived())
            {
                deadline = Deadline.After(TimeoutSec);
            }
            else
            {
                Rest();
            }
        }
    }

    private bool ShowArrived()
    {
        bool any = false;
        while (Peer.TryReceive(out StationMessage? message))
        {
            any = true;
            _isMyTurn = true;
            string line = ToLine(MessageBodies.Read(message));
            if (_typed is null)
            {
                WriteObject(line);
            }
            else
            {
                _typed.Around(() => WriteObject(line));
            }
        }

        return any;
    }

    // What a peer sends must not be able to steer a terminal.
    private static string ToLine(StationMessage message)
    {
        string text = ForeignText.Show(message.ToString(), int.MaxValue);
        string? name = message.Sender is { } sender ? sender : message.Session.PeerName is { } peer ? ForeignText.Show(peer) : null;
        return message.IsBroadcast ? $"({name ?? "?"}) {text}" : name is null ? text : $"{name}: {text}";
    }

    private void Rest()
    {
        if (StopToken.WaitHandle.WaitOne(s_interval))
        {
            throw new PipelineStoppedException();
        }
    }
}
