using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Mailboxes;

namespace SecureStation.Commands;

/// <summary>What Confirm- and Deny-StationMessage share: messages that Receive-StationMessage -Manual has given.</summary>
public abstract class HeldMessageCmdlet : StationCmdlet
{
    /// <summary>The messages, as Receive-StationMessage -Mailbox -Manual writes them.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completers.VariableCompleter<MailboxMessage>))]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "PowerShell binds arrays.")]
    public MailboxMessage[] Message { get; set; } = [];

    /// <summary>How long the mailbox may take to answer.</summary>
    [Parameter]
    [ValidateTimeout]
    public double TimeoutSec { get; set; } = 30;

    /// <summary>Writes the message.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>What is done, for -WhatIf.</summary>
    private protected abstract string Action { get; }

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        foreach (MailboxMessage message in Message)
        {
            if (!ShouldProcess($"{message.Id ?? message.Reason} from {message.Peer ?? "unknown"}", Action))
            {
                continue;
            }

            try
            {
                Await(token => ActAsync(message, token), Deadline.After(TimeoutSec), "The mailbox did not answer");
                if (PassThru)
                {
                    WriteObject(message);
                }
            }
            catch (StationException failure)
            {
                WriteFailure(failure, message);
            }
        }
    }

    /// <summary>Does it.</summary>
    private protected abstract Task ActAsync(MailboxMessage message, CancellationToken cancellationToken);
}
