using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace SecureStation.Core.Mailboxes.Folder;

/// <summary>
/// A mailbox in a folder, by Maildir's rules (https://cr.yp.to/proto/maildir.html): a letter is written elsewhere and renamed into view, a
/// claim is a rename too. It needs no server and no lock, on a local disk or a share, and may be used by many processes on many machines.
/// </summary>
public sealed class FolderMailbox : IStationMailbox
{
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMilliseconds(250);

    private readonly FolderLayout _layout;
    private readonly MailboxOptions _options;
    private readonly ConcurrentDictionary<string, FolderBox> _boxes = new();

    private volatile bool _isClosed;

    private FolderMailbox(FolderLayout layout, MailboxOptions options)
    {
        _layout = layout;
        _options = options;
    }

    /// <inheritdoc/>
    public string Address => _layout.Root;

    /// <inheritdoc/>
    public string Engine => "folder";

    /// <inheritdoc/>
    public int MaxLetter => 64 * 1024 * 1024;

    /// <inheritdoc/>
    public IMailObjects? Objects => null;

    /// <summary>Opens the mailbox of a folder; one that is missing is made, for its owner alone. The mode of one that is there says who may use it: 2770, 1777.</summary>
    /// <exception cref="StationException">
    /// <see cref="StationFault.InvalidArgument"/>: it is a file; <see cref="StationFault.MailboxUnavailable"/>, <see cref="StationFault.MailboxFull"/>
    /// </exception>
    public static FolderMailbox Open(string folder, MailboxOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string root = Path.GetFullPath(folder);
        if (File.Exists(root))
        {
            throw new StationException(StationFault.InvalidArgument, $"'{root}' is a file. A mailbox is a folder, or a server: nats://host:port.") { Address = root };
        }

        return MailboxErrors.Map(root, () => new FolderMailbox(FolderLayout.Open(root), options ?? new MailboxOptions()));
    }

    /// <inheritdoc/>
    public Task PutAsync(string box, MailboxLetter letter, bool isDurable, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(letter);
        FolderBox at = Box(box);
        return letter.Body.Length > MaxLetter
            ? throw MailboxErrors.TooLarge(Address, letter.Body.Length, MaxLetter)
            : RunAsync(() => Put(at, letter, isDurable), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<MailLease?> TakeAsync(string box, MailState state, TimeSpan wait, CancellationToken cancellationToken)
    {
        FolderBox at = Box(box);
        long began = _options.Time.GetTimestamp();
        TimeSpan pause = TimeSpan.FromMilliseconds(5);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (await RunAsync(() => at.Reserve.InRoom(() => TryTake(at, state)), cancellationToken).ConfigureAwait(false) is { } lease)
            {
                return lease;
            }

            TimeSpan left = wait == Timeout.InfiniteTimeSpan ? s_longestPause : wait - _options.Time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero)
            {
                return null;
            }

            // Folders on shares tell nobody what happens in them, so one looks. With the clock of the process: a test's does not go by itself.
            await Task.Delay(left < pause ? left : pause, cancellationToken).ConfigureAwait(false);
            pause = pause * 2 < s_longestPause ? pause * 2 : s_longestPause;
        }
    }

    /// <inheritdoc/>
    public Task<MailboxCounts> CountAsync(string box, CancellationToken cancellationToken)
    {
        FolderBox at = Box(box);
        return RunAsync(
            () =>
            {
                at.Make();
                return at.Count();
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public IMailRecords OpenRecords(string box) => new FolderRecords(Address, Box(box).Records, _layout, Box(box).Reserve);

    /// <inheritdoc/>
    public Task PutCardAsync(string box, ReadOnlyMemory<byte> card, CancellationToken cancellationToken)
    {
        MailboxErrors.RequireBox(box);
        return RunAsync(
            () =>
            {
                _layout.Make(_layout.Cards);
                string temporary = Path.Combine(_layout.Cards, $"{box}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}.tmp");
                MailFiles.WriteNew(temporary, card.Span, _layout.FileMode, flush: true);
                File.Move(temporary, Path.Combine(_layout.Cards, box), overwrite: true);
                MailFiles.FlushFolder(_layout.Cards);
                return true;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<byte[]?> FindCardAsync(string box, CancellationToken cancellationToken)
    {
        string file = Path.Combine(_layout.Cards, MailboxErrors.RequireBox(box));
        return RunAsync(
            () =>
            {
                try
                {
                    return MailFiles.Read(file, 64 * 1024);
                }
                catch (FileNotFoundException)
                {
                    return null;
                }
            },
            cancellationToken);
    }

    /// <summary>The address.</summary>
    public override string ToString() => Address;

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _isClosed = true;
        return ValueTask.CompletedTask;
    }

    /// <summary>Runs file work off the caller's thread: a share that does not answer holds up no pipeline.</summary>
    internal Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken) =>
        _isClosed
            ? throw MailboxErrors.Unavailable(Address, "this side has disconnected from it.")
            : Task.Run(() => MailboxErrors.Map(Address, work), cancellationToken);

    private FolderBox Box(string box) => _boxes.GetOrAdd(MailboxErrors.RequireBox(box), name => new FolderBox(_layout, name, _options));

    private static bool Put(FolderBox box, MailboxLetter letter, bool isDurable)
    {
        box.Make();
        string temporary = Path.Combine(box.Temporary, letter.Name);

        // A repeat of one whose answer was lost finds what the first time left.
        MailFiles.TryDelete(temporary);
        MailFiles.WriteNew(temporary, letter.Body.Span, box.FileMode, isDurable);
        try
        {
            if (!MailFiles.TryRename(temporary, Path.Combine(box.New, letter.Name)))
            {
                throw new IOException("The letter's file was taken away while it was written.");
            }
        }
        catch
        {
            Storage.AtomicFile.TryDelete(temporary);
            throw;
        }

        if (isDurable)
        {
            MailFiles.FlushFolder(box.New);
        }

        return true;
    }

    private FolderLease? TryTake(FolderBox box, MailState state)
    {
        long since = _options.Time.GetTimestamp();
        string? file;
        ClaimName claim;
        lock (box.Gate)
        {
            file = box.TryClaim(state, out claim);
        }

        if (file is null)
        {
            return null;
        }

        (byte[]? body, StationException? problem) = ReadBody(file);
        return new FolderLease(this, box, claim, body, _options, since) { Reason = claim.Reason, Problem = problem };
    }

    // A letter that cannot be read does not keep the others from being read: what is wrong goes with the lease.
    private (byte[]? Body, StationException? Problem) ReadBody(string file)
    {
        try
        {
            byte[]? body = MailFiles.Read(file, MaxLetter);
            return body is null ? (null, MailboxErrors.TooLarge(Address, new FileInfo(file).Length, MaxLetter)) : (body, null);
        }
        catch (Exception e) when (Storage.StorageErrors.IsStorageError(e))
        {
            return (null, MailboxErrors.OfFile(Address, e));
        }
    }
}
