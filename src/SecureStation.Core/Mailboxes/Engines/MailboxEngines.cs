namespace SecureStation.Core.Mailboxes.Engines;

/// <summary>
/// Finds the engine of an address. A folder's is here; NATS's is in an assembly of its own, loaded when the first address of its kind is used.
/// </summary>
public static class MailboxEngines
{
    private const string NatsAssembly = "SecureStation.Nats";

    private static readonly Lazy<IMailboxEngine?> s_nats = new(LoadNats);

    /// <summary>Whether an address is of a server, and not a folder's path.</summary>
    public static bool IsServer(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return address.StartsWith("nats:", StringComparison.OrdinalIgnoreCase) || address.StartsWith("tls:", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Connects to the mailbox of an address: <c>nats://host:port</c>, or a folder.</summary>
    /// <exception cref="StationException">
    /// <see cref="StationFault.MailboxUnavailable"/>; <see cref="StationFault.NotFound"/>: the assembly for such addresses is not there.
    /// </exception>
    public static async Task<IStationMailbox> ConnectAsync(string address, MailboxOptions options, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(address);
        if (!IsServer(address))
        {
            return await Task.Run(() => Folder.FolderMailbox.Open(address, options), cancellationToken).ConfigureAwait(false);
        }

        IMailboxEngine engine = s_nats.Value ?? throw new StationException(
            StationFault.NotFound, $"Mailboxes on NATS need {NatsAssembly}.dll beside the module, and it is not there.");
        return engine.IsAddress(address)
            ? await engine.ConnectAsync(address, options, cancellationToken).ConfigureAwait(false)
            : throw new StationException(StationFault.InvalidArgument, "The address of a NATS server is nats://host:port.");
    }

    private static IMailboxEngine? LoadNats() => AssemblyBeside.Load(NatsAssembly) is { } assembly
        ? (IMailboxEngine)Activator.CreateInstance(assembly.GetExportedTypes().Single(static type => type.IsClass && typeof(IMailboxEngine).IsAssignableFrom(type)))!
        : null;
}
