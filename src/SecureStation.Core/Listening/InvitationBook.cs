using System.Collections.Concurrent;
using SecureStation.Core.Handshake.Driving;
using SecureStation.Core.Protocols;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Listening;

/// <summary>The invitations of one listener, found by id. In memory only.</summary>
internal sealed class InvitationBook(TimeProvider clock) : IInvitations, IDisposable
{
    private const int MaxInvitations = 100_000;

    private readonly ConcurrentDictionary<string, InvitationEntry> _entries = new(StringComparer.Ordinal);

    public InvitationEntry Add(StationInvitation invitation, int maxUses)
    {
        if (_entries.Count >= MaxInvitations)
        {
            throw new StationException(StationFault.InvalidState, $"The listener has given out {MaxInvitations} invitations and makes no more; stop it and start another.");
        }

        var entry = new InvitationEntry(invitation, maxUses);
        _entries[Key(invitation.Id)] = entry;
        return entry;
    }

    /// <summary>All of them, those that expire first first.</summary>
    public IReadOnlyList<InvitationEntry> List() => [.. _entries.Values.OrderBy(static entry => entry.Invitation.ExpiresAt)];

    /// <summary>The one with this id; null where there is none.</summary>
    public InvitationEntry? FindEntry(ReadOnlyMemory<byte> id) => _entries.GetValueOrDefault(Key(id));

    public IInvitationUse? Find(ReadOnlyMemory<byte> id) => _entries.TryGetValue(Key(id), out InvitationEntry? entry)
        ? new InvitationUse(entry, entry.Invitation.ExpiresAt <= clock.GetUtcNow())
        : null;

    public void Dispose()
    {
        foreach (InvitationEntry entry in _entries.Values)
        {
            entry.Invitation.Dispose();
        }

        _entries.Clear();
    }

    private static string Key(ReadOnlyMemory<byte> id) => Convert.ToHexString(id.Span);
}
