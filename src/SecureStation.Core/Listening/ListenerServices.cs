using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;

namespace SecureStation.Core.Listening;

/// <summary>What a listener offers in all its sessions, those that there are and those that come.</summary>
internal sealed class ListenerServices(Func<IReadOnlyList<StationSession>> sessions)
{
    private readonly Lock _gate = new();
    private ISessionService[] _services = [];

    /// <summary>Offers one more, from now on. One that it offers already stays.</summary>
    public void Add(ISessionService service)
    {
        lock (_gate)
        {
            if (_services.Contains(service))
            {
                return;
            }

            _services = [.. _services, service];
        }

        foreach (SecureSession session in sessions().OfType<SecureSession>())
        {
            service.Attach(session);
        }
    }

    /// <summary>Offers all in a session: when it is made, and again when it can be found, as one may have been added in between.</summary>
    public void Attach(SecureSession session)
    {
        foreach (ISessionService service in Volatile.Read(ref _services))
        {
            service.Attach(session);
        }
    }
}
