using System.Collections.Concurrent;
using System.Management.Automation;
using System.Security;
using SecureStation.Core;
using SecureStation.Core.Keys;
using SecureStation.Core.Keys.Files;
using SecureStation.Core.Mailboxes;
using SecureStation.Core.Sealing.Cards;
using SecureStation.Core.Trust;
using SecureStation.Serialization;

namespace SecureStation.Commands;

/// <content>Out of a mailbox: each message to one of the consumers that share the box.</content>
public sealed partial class ReceiveStationMessageCommand
{
    private const string MailboxSet = "Mailbox";
    private const string SealingKeySet = "MailboxSealingKey";

    // A script that holds messages is taken for dead after an hour.
    private static readonly TimeSpan s_longestHold = TimeSpan.FromHours(1);

    // How long a stopped pipeline waits for the mailbox to take a message back; else it comes back when its lease has run out.
    private static readonly TimeSpan s_stopPatience = TimeSpan.FromMilliseconds(700);

    private readonly ConcurrentQueue<StationException> _problems = new();
    private readonly List<MailboxMessage> _given = [];

    /// <summary>The mailbox.</summary>
    [Parameter(ParameterSetName = MailboxSet, Mandatory = true)]
    [Parameter(ParameterSetName = SealingKeySet, Mandatory = true)]
    [ValidateNotNull]
    [FromId<StationMailbox>]
    [ArgumentCompleter(typeof(Completers.RunningCompleter<StationMailbox>))]
    public StationMailbox? Mailbox { get; set; }

    /// <summary>Whose mail: a name in the key store, or a key pair from there. The sealing keys beside it open.</summary>
    [Parameter(ParameterSetName = MailboxSet, Mandatory = true)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(Completers.KeyNameCompleter))]
    public KeyPairReference? KeyPair { get; set; }

    /// <summary>Sealing keys without their identity: a name in the key store, or a file that Export-StationSealingKey wrote. A worker needs no more.</summary>
    [Parameter(ParameterSetName = SealingKeySet, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completers.KeyNameCompleter))]
    public string? SealingKey { get; set; }

    /// <summary>The passphrase of the sealing keys.</summary>
    [Parameter(ParameterSetName = MailboxSet)]
    [Parameter(ParameterSetName = SealingKeySet)]
    [Passphrase]
    public SecureString? Passphrase { get; set; }

    /// <summary>Messages are done when they are confirmed (Confirm-StationMessage), not when the next command has them; Deny-StationMessage gives them back.</summary>
    [Parameter(ParameterSetName = MailboxSet)]
    [Parameter(ParameterSetName = SealingKeySet)]
    public SwitchParameter Manual { get; set; }

    /// <summary>Reads the dead letters instead, with -Manual: confirming deletes one, denying puts it back into the mail.</summary>
    [Parameter(ParameterSetName = MailboxSet)]
    [Parameter(ParameterSetName = SealingKeySet)]
    public SwitchParameter Dead { get; set; }

    /// <summary>How often a message is given out before it becomes a dead letter.</summary>
    [Parameter(ParameterSetName = MailboxSet)]
    [Parameter(ParameterSetName = SealingKeySet)]
    [ValidateRange(1, 1000)]
    public int MaxDeliveries { get; set; } = 5;

    /// <summary>How many messages are fetched while the script works on one.</summary>
    [Parameter(ParameterSetName = MailboxSet)]
    [Parameter(ParameterSetName = SealingKeySet)]
    [ValidateRange(0, 1000)]
    public int Prefetch { get; set; } = 1;

    /// <summary>Gives what unknown senders sent too, marked: not verified.</summary>
    [Parameter(ParameterSetName = MailboxSet)]
    [Parameter(ParameterSetName = SealingKeySet)]
    public SwitchParameter AllowUnknownSender { get; set; }

    /// <summary>A folder of this machine that remembers too what was given out, so that a mailbox that forgets or lies cannot have it given out again.</summary>
    [Parameter(ParameterSetName = MailboxSet)]
    [Parameter(ParameterSetName = SealingKeySet)]
    [ValidateNotNullOrEmpty]
    public string? ReplayStore { get; set; }

    /// <summary>The folder of the key store; the user's own where none is given.</summary>
    [Parameter(ParameterSetName = MailboxSet)]
    [Parameter(ParameterSetName = SealingKeySet)]
    [ValidateNotNullOrEmpty]
    public string? KeyStore { get; set; }

    /// <summary>The folder of the trust store; the user's own where none is given.</summary>
    [Parameter(ParameterSetName = MailboxSet)]
    [Parameter(ParameterSetName = SealingKeySet)]
    [ValidateNotNullOrEmpty]
    public string? TrustStore { get; set; }

    private protected override string? KeyStoreFolder => KeyStore;

    private void ReceiveMail()
    {
        if (Dead && !Manual)
        {
            throw new StationException(StationFault.InvalidArgument, "Dead letters are read with -Manual: Confirm-StationMessage deletes one, Deny-StationMessage puts it back into the mail.");
        }

        using StationSealingKeys keys = KeyPair is not null ? OpenSealingKeys(KeyPair, Passphrase) : OpenSealingKeys(SealingKey!, Passphrase);
        var receiver = new MailboxReceiver(Mailbox!.Store, ToTerms(keys));
        bool isKept = false;
        try
        {
            ReceiveMail(receiver);
            isKept = true;
        }
        catch (StationException) when (Manual)
        {
            // Nothing more came in the time: what came before is the script's, until it confirms or denies it.
            isKept = true;
            throw;
        }
        catch (PipelineStoppedException end) when (Manual && this.HasEnough(end))
        {
            isKept = true;
            throw;
        }
        finally
        {
            // What a stopped or failed pipeline holds is given back, what a script keeps in a variable is held for it.
            if (!isKept)
            {
                WaitShortly(() => Task.WhenAll(_given.Where(static one => one.IsHeld).Select(GiveBackAsync)));
            }

            WaitShortly(() => receiver.DisposeAsync().AsTask());
        }
    }

    private void ReceiveMail(MailboxReceiver receiver)
    {
        const string Nothing = "No message came";
        bool hasCount = MyInvocation.BoundParameters.ContainsKey(nameof(Count));
        int count = Wait && !hasCount ? int.MaxValue : Count;

        // Who says neither how long nor -Wait takes what is there.
        bool isOnlyWhatIsThere = !Wait && !MyInvocation.BoundParameters.ContainsKey(nameof(TimeoutSec));
        Deadline deadline = Deadline.After(isOnlyWhatIsThere ? 0 : TimeoutSec);
        for (int taken = 0; taken < count; taken++)
        {
            bool isMoreWanted = !isOnlyWhatIsThere && taken + 1 < count;
            TimeSpan wait = deadline.Remaining;

            // The wait is bounded by the mailbox itself, so that no message is taken by one who has given up.
            MailboxMessage? message = Await(
                token => Task.Run(() => receiver.ReceiveAsync(isMoreWanted, wait, token), token),
                deadline.IsInfinite ? deadline : Deadline.After(wait.TotalSeconds + 60),
                isOnlyWhatIsThere ? "The mailbox did not answer" : Nothing,
                abandoned: static late => _ = late is null ? Task.CompletedTask : GiveBackAsync(late));
            WriteProblems();
            if (message is null)
            {
                if (isOnlyWhatIsThere)
                {
                    return;
                }

                throw TimedOut(deadline, Nothing);
            }

            Give(message);
            WriteProblems();
            if (Wait)
            {
                deadline = Deadline.After(TimeoutSec);
            }
        }
    }

    private void Give(MailboxMessage message)
    {
        _given.Clear();
        _given.Add(message);
        MailboxMessage read = MailBodies.Read(message);
        if (Manual)
        {
            WriteObject(read);
            return;
        }

        try
        {
            WriteObject(read);
        }
        catch (PipelineStoppedException end) when (this.HasEnough(end))
        {
            // Select-Object -First has it, and wants no more.
            WaitShortly(() => message.ConfirmAsync(CancellationToken.None));
            throw;
        }

        try
        {
            Await(message.ConfirmAsync, Deadline.After(30), "The mailbox did not answer");
        }
        catch (StationException failure)
        {
            WriteFailure(failure, read);
        }
    }

    private MailReaderTerms ToTerms(StationSealingKeys keys)
    {
        var peers = new FileTrustStore(TrustStore is null ? FileTrustStore.DefaultDirectory : PathResolver.Unresolved(this, TrustStore));
        Func<StationPublicKey, string?> known = MailSenders.From(peers);
        string own = KeyPair?.Name ?? KeyPair?.KeyPair?.Name ?? SealingKey!;
        return new MailReaderTerms
        {
            Box = keys.Box,
            Identities = keys.ToIdentities(),
            HasNewestKeys = NewestCard(keys) is { } card && keys.HasKeysOf(card),
            FindSender = sender => known(sender) ?? (sender.Fingerprint == keys.Fingerprint ? own : null),
            AllowUnknownSender = AllowUnknownSender,
            MaxDeliveries = MaxDeliveries,
            Prefetch = Prefetch,
            State = Dead ? MailState.Dead : MailState.Waiting,
            HoldAfterwards = Manual ? s_longestHold : TimeSpan.Zero,
            ReplayStore = ReplayStore is null ? null : Core.Mailboxes.Folder.ReplayStore.Open(PathResolver.Unresolved(this, ReplayStore), keys.Box),
            Report = why =>
            {
                _problems.Enqueue(why);
                Post(WriteProblems);
            },
        };
    }

    // Of the key store or of the mailbox, whichever is newer: a worker has no other way to know that its keys are old.
    private StationCard? NewestCard(StationSealingKeys keys)
    {
        StationCard? own = null;
        string? name = KeyPair is null ? SealingKey : KeyPair.Name ?? KeyPair.KeyPair!.Name;
        string? folder = KeyPair is null || KeyPair.Name is not null ? KeyPair?.Directory : KeyPair.KeyPair!.StoreDirectory;
        if (Core.Keys.Files.KeyStore.IsValidName(name))
        {
            own = new SealingKeyStore(folder is null ? OpenKeyStore() : new KeyStore(folder)).FindCard(name!);
        }

        try
        {
            StationCard? published = Await(token => MailboxCards.FindAsync(Mailbox!.Store, keys.Fingerprint, token), Deadline.After(TimeoutSec < 0 ? 10 : Math.Clamp(TimeoutSec / 4, 1, 10)), "The mailbox did not answer");
            return published is not null && (own is null || published.Serial > own.Serial) ? published : own;
        }
        catch (StationException)
        {
            // Without the right to look, the mailbox has none for this consumer.
            return own;
        }
    }

    private void WriteProblems()
    {
        while (_problems.TryDequeue(out StationException? why))
        {
            WriteFailure(why, Mailbox);
        }
    }

    private static async Task GiveBackAsync(MailboxMessage message)
    {
        try
        {
            await message.ReleaseAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (StationException)
        {
            // Then it comes again when its lease has run out.
        }
    }

    // For the end of a pipeline, also of one that was stopped: nothing there may wait for long.
    private static void WaitShortly(Func<Task> work)
    {
        try
        {
            Task.Run(work).Wait(s_stopPatience);
        }
        catch (AggregateException)
        {
            // A lease runs out by itself.
        }
    }
}
