using SecureStation.Core;
using SecureStation.Core.Listening;

namespace SecureStation;

/// <summary>A listener of this process: the object, or its id.</summary>
public sealed class ListenerReference
{
    private readonly StationListener? _listener;
    private readonly string _id;

    /// <summary>As Start- or Get-StationListener writes it.</summary>
    public ListenerReference(StationListener listener)
    {
        ArgumentNullException.ThrowIfNull(listener);
        _listener = listener;
        _id = listener.Id;
    }

    /// <summary>Its id.</summary>
    public ListenerReference(string id) => _id = id;

    /// <exception cref="StationException"><see cref="StationFault.NotFound"/>: no listener of this process has the id.</exception>
    internal StationListener Resolve() => _listener
        ?? StationRegistry.Current.Listeners.FirstOrDefault(listener => listener.Id.Equals(_id, StringComparison.OrdinalIgnoreCase))
        ?? throw new StationException(StationFault.NotFound, $"No listener of this process has the id '{_id}'.");

    /// <inheritdoc/>
    public override string ToString() => _id;
}
