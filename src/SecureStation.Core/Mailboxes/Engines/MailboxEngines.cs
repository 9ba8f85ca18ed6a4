using System.Globalization;

namespace SecureStation.Core.Mailboxes.Engines;

/// <summary>
/// Finds the engine of an address. A folder's is here; NATS's is in an assembly of its own, loaded when the first address of its kind is used.
/// </summary>
public static class MailboxEngines
{
    private const string Kinds = "A mailbox is the path of a folder, nats://host:port, or tls://host:port.";
    private const string NatsAssembly = "SecureStation.Nats";

    private static readonly Lazy<IMailboxEngine?> s_nats = new(LoadNats);

    /// <summary>Whether an address is of a server, and not a folder's path.</summary>
    public static bool IsServer(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return address.StartsWith("nats:", StringComparison.OrdinalIgnoreCase) || address.StartsWith("tls:", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Refuses an address of another kind: a scheme that no engine has.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/></exception>
    public static void RequireAddress(string address)
    {
        ArgumentException.ThrowIfNullOrEmpty(address);
        if (IsServer(address))
        {
            return;
        }

        // What stands before the colon is a drive's letter or name on the one hand, a scheme or a host on the other.
        string[] parts = address.Split(':', 2);
        if (parts.Length == 2 && parts[1].StartsWith("//", StringComparison.Ordinal) && parts[0].Length > 1 && parts[0].All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '+' or '-' or '.'))
        {
            throw new StationException(StationFault.InvalidArgument, $"There is no mailbox at addresses of {parts[0]}://. {Kinds}");
        }

        if (parts.Length == 2 && ushort.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            throw new StationException(StationFault.InvalidArgument, $"'{address}' says a host and a port, and not what is there. {Kinds}");
        }
    }

    /// <summary>Connects to the mailbox of an address: <c>nats://host:port</c>, or a folder.</summary>
    /// <exception cref="StationException">
    /// <see cref="StationFault.InvalidArgument"/>: no address; <see cref="StationFault.MailboxUnavailable"/>; <see cref="StationFault.NotFound"/>: the assembly for such addresses is not there.
    /// </exception>
    public static async Task<IStationMailbox> ConnectAsync(string address, MailboxOptions options, CancellationToken cancellationToken)
    {
        RequireAddress(address);
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
