using System.Management.Automation;
using SecureStation.Core.Mailboxes;
using SecureStation.Core.Mailboxes.Engines;

namespace SecureStation.Commands;

/// <summary>Connect-StationMailbox: opens a folder, or connects to NATS, where messages wait for stations that are not there.</summary>
[Cmdlet(VerbsCommunications.Connect, "StationMailbox")]
[OutputType(typeof(StationMailbox))]
public sealed class ConnectStationMailboxCommand : StationCmdlet
{
    /// <summary>A folder, made where it is missing; or nats://host:4222, several servers after commas, and tls:// for TLS.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public string Address { get; set; } = "";

    /// <summary>Makes what NATS needs (its streams) where it is missing: the administrator's task, once.</summary>
    [Parameter]
    public SwitchParameter Create { get; set; }

    /// <summary>On how many servers of a NATS cluster -Create keeps everything.</summary>
    [Parameter]
    [ValidateRange(1, 5)]
    public int Replicas { get; set; } = 1;

    /// <summary>A file with the credentials for NATS: a .creds file, an nkey seed, or USER:PASSWORD in one line.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? CredentialPath { get; set; }

    /// <summary>How long connecting may take.</summary>
    [Parameter]
    [ValidateTimeout]
    public double TimeoutSec { get; set; } = 30;

    /// <inheritdoc/>
    protected override object? ErrorTarget => MailboxEngines.IsServer(Address) && Address.Contains('@', StringComparison.Ordinal) ? null : Address;

    /// <inheritdoc/>
    protected override void ProcessInput()
    {
        MailboxEngines.RequireAddress(Address);
        var options = new MailboxOptions
        {
            Create = Create,
            Replicas = Replicas,
            CredentialPath = CredentialPath is null ? null : PathResolver.Unresolved(this, CredentialPath),
        };
        string address = MailboxEngines.IsServer(Address) ? Address : PathResolver.Unresolved(this, Address);
        IStationMailbox store = Await(
            token => MailboxEngines.ConnectAsync(address, options, token),
            Deadline.After(TimeoutSec),
            "The mailbox did not answer",
            abandoned: static late => _ = late.DisposeAsync().AsTask());
        var mailbox = new StationMailbox(store);
        StationRegistry.Current.Add(mailbox);
        WriteObject(mailbox);
    }
}
