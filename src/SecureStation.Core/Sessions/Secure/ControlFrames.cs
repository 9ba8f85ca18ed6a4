namespace SecureStation.Core.Sessions.Secure;

/// <summary>Pings to be sent and to be answered, of one connection.</summary>
internal sealed class ControlFrames
{
    private const int MaxPongs = 1024;

    private readonly Queue<(ulong Token, ulong After)> _pongs = new();
    private bool _isPingDue;
    private bool _isAsking;
    private ulong _askedFor;

    /// <summary>The peer sent a Ping, and before it all messages up to <paramref name="receivedId"/>.</summary>
    /// <exception cref="StationException"><see cref="StationFault.ProtocolError"/>: it does not read the answers.</exception>
    public void Answer(ulong token, ulong receivedId)
    {
        if (_pongs.Count >= MaxPongs)
        {
            throw new StationException(StationFault.ProtocolError, "The peer broke the protocol: it sends Pings without reading the Pongs.");
        }

        _pongs.Enqueue((token, receivedId));
    }

    /// <summary>Whether a Pong may go out: what came before its Ping is safe here.</summary>
    public bool HasPong(ulong keptId) => _pongs.TryPeek(out (ulong Token, ulong After) first) && first.After <= keptId;

    public ulong TakePong() => _pongs.Dequeue().Token;

    /// <summary>Asks for a sign of life, whatever the window says.</summary>
    public void Ping() => _isPingDue = true;

    /// <summary>Asks for the Ack that comes before a Pong, once all that has been accepted is sent; not twice for the same message.</summary>
    public void AskFor(ulong id, ulong acceptedId)
    {
        if (id > _askedFor)
        {
            _askedFor = acceptedId;
            _isAsking = true;
        }
    }

    /// <summary>Whether a Ping is due when all messages up to <paramref name="sentId"/> are sent.</summary>
    public bool HasPing(ulong sentId) => _isPingDue || (_isAsking && sentId >= _askedFor);

    /// <summary>The token of the Ping that is due.</summary>
    public ulong TakePing(ulong sentId)
    {
        _isPingDue = false;
        _isAsking &= sentId < _askedFor;
        return _askedFor;
    }
}
