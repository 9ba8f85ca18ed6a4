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

    /// <summary>Its id, or the beginning of it.</summary>
    public ListenerReference(string id) => _id = id;

    /// <exception cref="StationException"><see cref="StationFault.NotFound"/>, <see cref="StationFault.InvalidArgument"/>: no or several listeners of this process have an id that begins so.</exception>
    internal StationListener Resolve() => _listener ?? IdKinds.Listeners.One(_id);

    /// <inheritdoc/>
    public override string ToString() => _id;
}
