using SecureStation.Core.Listening;
using SecureStation.Core.Requests;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;
using SecureStation.Requests;

namespace SecureStation;

/// <summary>A handler of requests, as Get-StationHandler shows it.</summary>
public sealed class StationHandler
{
    private readonly RequestHandlers _owner;

    internal StationHandler(StationListener listener, RequestRegistration registration)
        : this(listener.Handlers, registration) => Listener = listener;

    internal StationHandler(SecureSession session, RequestRegistration registration)
        : this(SessionRequests.Of(session).Handlers, registration) => Session = session;

    private StationHandler(RequestHandlers owner, RequestRegistration registration)
    {
        _owner = owner;
        Registration = registration;
    }

    /// <summary>The name by which it is asked.</summary>
    public string Name => Registration.Name;

    /// <summary>The listener in whose sessions it answers; null where it answers in one session.</summary>
    public StationListener? Listener { get; }

    /// <summary>The session in which it answers; null where it answers in those of a listener.</summary>
    public StationSession? Session { get; }

    /// <summary>Where it answers: the id of the listener or session.</summary>
    public string Owner => Listener?.Id ?? Session!.Id;

    /// <summary>The fingerprints of those who may ask; empty: whoever has a session there and the capability.</summary>
    public IReadOnlyList<string> Peer => Registration.Handler is ScriptHandler script ? [.. script.Peers.Select(static peer => peer.ToString())] : [];

    /// <summary>The script's text.</summary>
    public string? Script => (Registration.Handler as ScriptHandler)?.Environment.Script;

    /// <summary>How many of its requests run at once.</summary>
    public int MaxRequests => Registration.Limits.MaxRunning;

    /// <summary>How many of them are one peer's.</summary>
    public int MaxRequestsPerPeer => Registration.Limits.MaxRunningPerPeer;

    /// <summary>How long one may run, in seconds; −1 for ever.</summary>
    public double TimeoutSec => Registration.Limits.Timeout == Timeout.InfiniteTimeSpan ? Deadline.Infinite : Registration.Limits.Timeout.TotalSeconds;

    /// <summary>Whether it still answers.</summary>
    public bool IsRegistered => Registration.IsRegistered;

    /// <summary>Requests that run now.</summary>
    public int Running => Registration.Running;

    /// <summary>Requests that wait for one of these to end.</summary>
    public int Waiting => Registration.Waiting;

    /// <summary>Requests answered to their end.</summary>
    public long Answered => Registration.Answered;

    /// <summary>Requests that failed, ran out of time, or were given up.</summary>
    public long Failed => Registration.Failed;

    internal RequestRegistration Registration { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} on {Owner}";

    /// <summary>Takes it away. False: it was.</summary>
    internal bool Remove() => _owner.Remove(Registration);
}
