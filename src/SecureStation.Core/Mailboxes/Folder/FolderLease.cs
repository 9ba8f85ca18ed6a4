namespace SecureStation.Core.Mailboxes.Folder;

/// <summary>
/// A letter in <c>cur</c>. Every act names the file of this claim; where it is gone, another has claimed the letter (fencing).
/// </summary>
internal sealed class FolderLease(FolderMailbox mailbox, FolderBox box, ClaimName claim, ReadOnlyMemory<byte> body, MailboxOptions options, long since)
    : MailLease(claim.Letter, body, options, since)
{
    private string File => Path.Combine(box.Current, claim.ToString());

    /// <inheritdoc/>
    protected override Task RenewCoreAsync(CancellationToken cancellationToken) => RunAsync(() => MailFiles.TryTouch(File), cancellationToken);

    /// <inheritdoc/>
    protected override Task CompleteCoreAsync(CancellationToken cancellationToken) => RunAsync(
        () =>
        {
            bool isMine = MailFiles.TryDelete(File);
            box.Reserve.Make();
            return isMine;
        },
        cancellationToken);

    /// <inheritdoc/>
    protected override Task ReturnCoreAsync(TimeSpan delay, CancellationToken cancellationToken) => RunAsync(
        () =>
        {
            box.Rest(claim.Letter, delay);
            return MailFiles.TryRename(File, Path.Combine(box.New, claim.Letter));
        },
        cancellationToken);

    /// <inheritdoc/>
    protected override Task ReleaseCoreAsync(CancellationToken cancellationToken) => RunAsync(
        () => MailFiles.TryRename(File, claim.Reason is null ? Path.Combine(box.New, claim.Letter) : Path.Combine(box.Dead, $"{claim.Letter}.{claim.Reason}")),
        cancellationToken);

    /// <inheritdoc/>
    protected override Task BuryCoreAsync(string reason, CancellationToken cancellationToken) => RunAsync(
        () =>
        {
            string word = ClaimName.IsReason(reason) ? reason : "Unknown";
            if (!MailFiles.TryRename(File, Path.Combine(box.Dead, $"{claim.Letter}.{word}")))
            {
                return false;
            }

            MailFiles.FlushFolder(box.Dead);
            box.BoundDead();
            return true;
        },
        cancellationToken);

    private Task<bool> RunAsync(Func<bool> act, CancellationToken cancellationToken) =>
        mailbox.RunAsync(() => box.Reserve.InRoom(act) ? true : throw Lost(), cancellationToken);
}
