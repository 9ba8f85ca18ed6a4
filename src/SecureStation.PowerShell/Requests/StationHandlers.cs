using SecureStation.Core;
using SecureStation.Core.Listening;
using SecureStation.Core.Requests;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;

namespace SecureStation.Requests;

/// <summary>The handlers of this process: those of its listeners and of its sessions.</summary>
internal static class StationHandlers
{
    /// <summary>All that there are.</summary>
    public static IEnumerable<StationHandler> All() =>
        StationRegistry.Current.Listeners.SelectMany(Of).Concat(StationRegistry.Current.Sessions.SelectMany(Of));

    /// <summary>A listener's.</summary>
    public static IEnumerable<StationHandler> Of(StationListener listener) => listener.Handlers.All.Select(one => new StationHandler(listener, one));

    /// <summary>A session's own.</summary>
    public static IEnumerable<StationHandler> Of(StationSession session) =>
        session is SecureSession secure && SessionRequests.IsUsedBy(secure) ? SessionRequests.Of(secure).Handlers.All.Select(one => new StationHandler(secure, one)) : [];

    /// <summary>The session, if its protocol has requests.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/></exception>
    public static SecureSession Require(StationSession session) => session as SecureSession
        ?? throw new StationException(StationFault.InvalidArgument, $"The protocol {session.Protocol} has no requests; the station's own has.");
}
