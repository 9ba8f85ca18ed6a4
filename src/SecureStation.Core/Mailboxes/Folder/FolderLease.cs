namespace SecureStation.Core.Mailboxes.Folder;

/// <summary>
/// A letter in <c>cur</c>. Every act names the file of this claim; where it is gone, another has claimed the letter (fencing).
/// </summary>
internal sealed class FolderLease(FolderMailbox mailbox, FolderBox box, ClaimName claim, ReadOnlyMemory<byte> body, MailboxOptions options, long since)
    : MailLease(claim.Letter, body, options, since)
{
    private string File => Path.Combine(box.Current, claim.ToString());

    /// <inheritdoc/>
    protected override Task RenewCoreAsync(CancellationToken cancellationToken) =>
        mailbox.RunAsync(() => Require(MailFiles.TryTouch(File)), cancellationToken);

    /// <inheritdoc/>
    protected override Task CompleteCoreAsync(CancellationToken cancellationToken) =>
        mailbox.RunAsync(() => Require(MailFiles.TryDelete(File)), cancellationToken);

    /// <inheritdoc/>
    protected override Task ReturnCoreAsync(TimeSpan delay, CancellationToken cancellationToken) => mailbox.RunAsync(
        () =>
        {
            box.Rest(claim.Letter, delay);
            return Require(MailFiles.TryRename(File, Path.Combine(box.New, claim.Letter)));
        },
        cancellationToken);

    /// <inheritdoc/>
    protected override Task BuryCoreAsync(string reason, CancellationToken cancellationToken) => mailbox.RunAsync(
        () =>
        {
            string word = ClaimName.IsReason(reason) ? reason : "Unknown";
            Require(MailFiles.TryRename(File, Path.Combine(box.Dead, $"{claim.Letter}.{word}")));
            MailFiles.FlushFolder(box.Dead);
            box.BoundDead();
            return true;
        },
        cancellationToken);

    private static bool Require(bool isMine) => isMine ? true : throw Lost();
}
