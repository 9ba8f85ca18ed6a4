using SecureStation.Core;
using SecureStation.Core.Trust;

namespace SecureStation;

/// <summary>A -Peer: the name of one in the trust store, or its record as Get-StationPeer writes it.</summary>
public sealed class PeerReference
{
    /// <summary>A peer by its name.</summary>
    public PeerReference(string name) => Name = name;

    /// <summary>A peer by its record.</summary>
    public PeerReference(PeerRecord record) => Record = record;

    /// <summary>A record that says which trust store it is from.</summary>
    internal PeerReference(PeerRecord record, string? directory)
        : this(record) => Directory = directory;

    /// <summary>The name; null where the record itself is there.</summary>
    internal string? Name { get; }

    /// <summary>The record as it was given; null where only the name is known.</summary>
    internal PeerRecord? Record { get; }

    /// <summary>The trust store that the record is from; null for the one that the command uses.</summary>
    internal string? Directory { get; }

    /// <summary>The record: the one given, or the one of that name.</summary>
    /// <exception cref="StationException"><see cref="StationFault.NotFound"/>, <see cref="StationFault.PeerAmbiguous"/></exception>
    internal PeerRecord Resolve(ITrustStore store) => Record ?? ByName(store, Name!);

    /// <summary>The one record of that name.</summary>
    /// <exception cref="StationException"><see cref="StationFault.NotFound"/>, <see cref="StationFault.PeerAmbiguous"/></exception>
    internal static PeerRecord ByName(ITrustStore store, string name) =>
        store.FindByName(name) ?? throw new StationException(StationFault.NotFound, $"There is no peer '{name}' in the trust store.") { Subject = StationSubject.Peer };

    /// <inheritdoc/>
    public override string ToString() => Name ?? Record!.ToString();
}
