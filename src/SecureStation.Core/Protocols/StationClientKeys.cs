using SecureStation.Core.Handshake;
using SecureStation.Core.Keys;

namespace SecureStation.Core.Protocols;

/// <summary>A client's identity and its Noise static key. They live as long as the client or a session of it that reconnects: who is the last frees them.</summary>
internal sealed class StationClientKeys
{
    private readonly bool _isOwner;
    private int _users = 1;

    /// <param name="identity">The identity; null makes one in memory.</param>
    public StationClientKeys(StationKeyPair? identity)
    {
        _isOwner = identity is null;
        Identity = identity ?? StationKeyPair.Generate();
        Static = new StationStaticKey(Identity);
    }

    public StationKeyPair Identity { get; }

    public StationStaticKey Static { get; }

    public StationClientKeys Retain()
    {
        Interlocked.Increment(ref _users);
        return this;
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            Static.Dispose();
            if (_isOwner)
            {
                Identity.Dispose();
            }
        }
    }
}
