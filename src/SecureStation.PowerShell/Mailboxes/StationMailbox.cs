using System.Security.Cryptography;
using SecureStation.Core;
using SecureStation.Core.Mailboxes;

namespace SecureStation;

/// <summary>A mailbox that this process is connected to.</summary>
public sealed class StationMailbox
{
    private readonly IStationMailbox _store;

    internal StationMailbox(IStationMailbox store) => _store = store;

    /// <summary>Names it in this process.</summary>
    public string Id { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    /// <summary>The folder, or the servers.</summary>
    public string Address => _store.Address;

    /// <summary>What it is: <c>folder</c> or <c>nats</c>.</summary>
    public string Engine => _store.Engine;

    /// <summary>Since when.</summary>
    public DateTimeOffset ConnectedAt { get; } = DateTimeOffset.Now;

    /// <summary>Whether Disconnect-StationMailbox has not ended it.</summary>
    public bool IsConnected { get; private set; } = true;

    /// <summary>The mailbox itself.</summary>
    /// <exception cref="StationException"><see cref="StationFault.MailboxUnavailable"/>: this side has disconnected.</exception>
    internal IStationMailbox Store => IsConnected
        ? _store
        : throw new StationException(StationFault.MailboxUnavailable, $"The mailbox '{Address}' was disconnected: Disconnect-StationMailbox.");

    /// <inheritdoc/>
    public override string ToString() => Address;

    /// <summary>Ends it.</summary>
    internal async Task DisconnectAsync()
    {
        IsConnected = false;
        await _store.DisposeAsync().ConfigureAwait(false);
    }
}
