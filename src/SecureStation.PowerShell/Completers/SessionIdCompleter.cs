using System.Collections;

namespace SecureStation.Completers;

/// <summary>Completes ids of the process's sessions.</summary>
public sealed class SessionIdCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string Hint)> Names(IDictionary bound) =>
        StationRegistry.Current.Sessions.Select(session => (session.Id, $"{session.Role} {session.PeerName ?? session.RemoteFingerprint} {session.RemoteAddress}"));
}
