namespace SecureStation.Core.Mailboxes;

/// <summary>An engine in an assembly of its own, which may be absent.</summary>
public interface IMailboxEngine
{
    /// <summary>Whether the address is one of its.</summary>
    bool IsAddress(string address);

    /// <summary>Connects.</summary>
    /// <exception cref="StationException"><see cref="StationFault.MailboxUnavailable"/> with what the engine said.</exception>
    Task<IStationMailbox> ConnectAsync(string address, MailboxOptions options, CancellationToken cancellationToken);
}
