using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using SecureStation.Core.Sessions.Secure;

namespace SecureStation.Core.Requests;

/// <summary>The handlers of a listener, for all its sessions, or of one session. Names differ by more than case. Thread-safe.</summary>
public sealed partial class RequestHandlers : ISessionService
{
    /// <summary>The longest name, in characters.</summary>
    public const int MaxNameLength = 128;

    private readonly ConcurrentDictionary<string, RequestRegistration> _byName = new(StringComparer.OrdinalIgnoreCase);
    private readonly Action<RequestHandlers> _offer;
    private readonly Lock _gate = new();
    private bool _isClosed;

    /// <param name="offer">Called before the first handler is there: from now on requests come.</param>
    internal RequestHandlers(Action<RequestHandlers> offer) => _offer = offer;

    /// <summary>All that there are, by name.</summary>
    public IReadOnlyList<RequestRegistration> All => [.. _byName.Values.OrderBy(static one => one.Name, StringComparer.OrdinalIgnoreCase)];

    /// <summary>Whether this can be a handler's name: letters, digits, and <c>. _ - /</c> inside, 128 at most.</summary>
    public static bool IsValidName(string? name) => name is not null && NamePattern().IsMatch(name);

    /// <summary>Adds a handler.</summary>
    /// <param name="name">The name by which it is asked.</param>
    /// <param name="handler">What answers. It is disposed when it is taken away, and where this fails.</param>
    /// <param name="limits">What its requests may take together.</param>
    /// <param name="replace">Whether one of that name is taken away first.</param>
    /// <exception cref="StationException">
    /// <see cref="StationFault.InvalidArgument"/>; <see cref="StationFault.AlreadyExists"/>; <see cref="StationFault.InvalidState"/>: the listener or
    /// session has ended.
    /// </exception>
    public RequestRegistration Add(string name, IRequestHandler handler, RequestLimits? limits = null, bool replace = false)
    {
        ArgumentNullException.ThrowIfNull(handler);
        try
        {
            return AddCore(name, handler, limits ?? new RequestLimits(), replace);
        }
        catch
        {
            handler.Dispose();
            throw;
        }
    }

    /// <summary>Takes a handler away: requests that it has are told so. False: there is none of that name.</summary>
    public bool Remove(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!_byName.TryRemove(name, out RequestRegistration? removed))
        {
            return false;
        }

        removed.Remove();
        return true;
    }

    /// <summary>Takes this handler away, if it is still the one of its name.</summary>
    public bool Remove(RequestRegistration registration)
    {
        ArgumentNullException.ThrowIfNull(registration);
        if (!_byName.TryRemove(KeyValuePair.Create(registration.Name, registration)))
        {
            return false;
        }

        registration.Remove();
        return true;
    }

    /// <inheritdoc/>
    void ISessionService.Attach(SecureSession session) => SessionRequests.Of(session).Serve(this);

    /// <summary>The handler of a name; null for none.</summary>
    internal RequestRegistration? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Takes all away, and no more in.</summary>
    internal void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
        }

        foreach (string name in _byName.Keys)
        {
            Remove(name);
        }
    }

    private RequestRegistration AddCore(string name, IRequestHandler handler, RequestLimits limits, bool replace)
    {
        if (!IsValidName(name))
        {
            throw new StationException(StationFault.InvalidArgument, $"A handler's name is 1 to {MaxNameLength} letters and digits, with . _ - / between them.");
        }

        limits.Require();
        var registration = new RequestRegistration(name, handler, limits);
        RequestRegistration? replaced = null;
        lock (_gate)
        {
            if (_isClosed)
            {
                throw new StationException(StationFault.InvalidState, "The listener or session has ended; it takes no more handlers.");
            }

            if (!_byName.TryAdd(name, registration))
            {
                if (!replace)
                {
                    throw new StationException(StationFault.AlreadyExists, $"There is a handler '{name}' already.") { Subject = StationSubject.Handler };
                }

                _byName.TryRemove(name, out replaced);
                _byName[name] = registration;
            }
        }

        replaced?.Remove();
        _offer(this);
        return registration;
    }

    [GeneratedRegex(@"^[\p{L}\p{Nd}](?:[\p{L}\p{Nd}._/-]{0,126}[\p{L}\p{Nd}])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();
}
