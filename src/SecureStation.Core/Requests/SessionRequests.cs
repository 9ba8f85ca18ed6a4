using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;

namespace SecureStation.Core.Requests;

/// <summary>
/// The requests of a session, in both directions (docs/protocol/request.md): those that this side asks, and those that its handlers answer. Any number
/// at once. Thread-safe.
/// </summary>
/// <remarks>
/// Its lock is taken after the session's, never before it; under both nothing waits and no handler runs. What a peer's request leads to happens on the pool.
/// </remarks>
public sealed partial class SessionRequests : IServiceSink
{
    /// <summary>How many bytes of results a request of ours has on its way at most, and one result more.</summary>
    public const long Window = 256 * 1024;

    // Of one session, answered ones included whose answer has found no room yet.
    private const int MaxCalls = 512;

    private readonly SecureSession _session;
    private readonly Lock _gate = new();
    private readonly RequestCore _core = new(MaxCalls);
    private readonly Dictionary<ulong, RequestCall> _calls = [];
    private readonly Dictionary<ulong, IncomingRequest> _incoming = [];
    private readonly Queue<(StationMessage Message, ulong Call, RequestFailure Failure)> _refused = new();
    private RequestHandlers[] _served;
    private bool _isRefusing;

    internal SessionRequests(SecureSession session)
    {
        _session = session;
        Handlers = new RequestHandlers(Serve);
        _served = [Handlers];
        session.Resumed += (_, _) => ProbeCalls();
    }

    /// <summary>Those of a session: the same each time.</summary>
    public static SessionRequests Of(SecureSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        return (SessionRequests)(session.Requests ?? session.KeepRequests(new SessionRequests(session)));
    }

    /// <summary>Whether somebody has asked for those of a session.</summary>
    public static bool IsUsedBy(SecureSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        return session.Requests is not null;
    }

    /// <summary>The session.</summary>
    public StationSession Session => _session;

    /// <summary>What answers the peer in this session alone. It comes before the listener's handler of the same name.</summary>
    public RequestHandlers Handlers { get; }

    /// <summary>Asks a handler of the peer's. The call is open when this returns; its results are read from it.</summary>
    /// <param name="name">The handler's name.</param>
    /// <param name="argument">What it is given; null for nothing.</param>
    /// <param name="cancellationToken">Ends the wait for room in the outbox.</param>
    /// <exception cref="StationException">
    /// <see cref="StationFault.InvalidArgument"/>: no such name; <see cref="StationFault.MessageTooLarge"/>; the reasons of the session's end.
    /// </exception>
    public async Task<RequestCall> CallAsync(string name, RequestValue? argument = null, CancellationToken cancellationToken = default)
    {
        if (!RequestHandlers.IsValidName(name))
        {
            throw new StationException(StationFault.InvalidArgument, $"'{ForeignText.Show(name)}' can be no handler's name.");
        }

        var call = new RequestCall(this, name);
        await _session.Services.AskAsync(RequestMessages.ToCall(name, argument, Window), call, Open, cancellationToken).ConfigureAwait(false);
        return call;

        void Open(ulong id)
        {
            call.Id = id;
            lock (_gate)
            {
                _core.Open(id, Window);
                _calls[id] = call;
            }
        }
    }

    /// <summary>Answers in this session by these handlers too.</summary>
    internal void Serve(RequestHandlers handlers)
    {
        lock (_gate)
        {
            if (!_served.Contains(handlers))
            {
                _served = [.. _served, handlers];
            }
        }

        _session.Services.SwitchOn(RequestMessages.Service, this);
    }

    /// <summary>An answer to a call of ours, under the session's lock.</summary>
    internal void TakeAnswer(RequestCall call, StationMessage message)
    {
        if (message.InReplyTo == call.Probe)
        {
            // The peer came back, and its service is not on yet.
            End(call, new RequestFailure(RequestCodes.Unknown).ToException(call.Name));
            _session.Services.Release(message);
            return;
        }

        RequestEvent happened;
        lock (_gate)
        {
            happened = _core.OnAnswer(message);
        }

        switch (happened.Kind)
        {
            case RequestEventKind.Item:
                call.Add(happened.Value);
                break;
            case RequestEventKind.Ended:
                End(call, failure: null);
                break;
            case RequestEventKind.Failed when RequestMessages.OpOf(message) == RequestOp.Error:
                End(call, happened.Failure!.ToException(call.Name));
                break;
            case RequestEventKind.Failed:
                End(call, SessionServices.Refusal(RequestMessages.Service, happened.Failure!.Code));
                break;
            case RequestEventKind.Broken:
                End(call, new StationException(StationFault.ProtocolError, "The peer broke the protocol of requests: an answer that is none, or a result that there was no room for."));
                _session.Services.Withdraw(RequestMessages.Service, call.Id);
                break;
        }

        _session.Services.Release(message);
    }

    /// <summary>A result of a call of ours was taken: the peer may send as much again.</summary>
    internal void NoteTaken(RequestCall call, RequestValue value)
    {
        bool isDue;
        long credit;
        lock (_gate)
        {
            isDue = _core.Take(call.Id, RequestMessages.ItemCost(value.Body.Length), out credit);
        }

        if (isDue)
        {
            _ = Task.Run(() => _session.Services.TellAsync(RequestMessages.ToCredit(call.Id, credit)));
        }
    }

    /// <summary>Nobody reads a call of ours any more.</summary>
    internal void Abandon(RequestCall call)
    {
        if (Forget(call))
        {
            _session.Services.Withdraw(RequestMessages.Service, call.Id);
        }
    }

    // Who has a call open hears nothing of it where the peer's process is another one by now; so it asks: a byte of credit for what is not open is answered.
    private void ProbeCalls()
    {
        RequestCall[] open;
        lock (_gate)
        {
            open = [.. _calls.Values];
            Array.ForEach(open, call => _core.Give(call.Id, 1));
        }

        foreach (RequestCall call in open)
        {
            _ = ProbeAsync(call);
        }
    }

    private async Task ProbeAsync(RequestCall call)
    {
        ulong before = 0;
        try
        {
            await _session.Services.AskAsync(RequestMessages.ToCredit(call.Id, 1), call, id => (before, call.Probe) = (call.Probe, id), CancellationToken.None).ConfigureAwait(false);
        }
        catch (StationException)
        {
            // The session has ended, and the call with it.
        }

        bool isOpen;
        lock (_gate)
        {
            isOpen = _calls.ContainsKey(call.Id);
        }

        _session.Services.Forget(before);
        if (!isOpen)
        {
            _session.Services.Forget(call.Probe);
        }
    }

    private void End(RequestCall call, StationException? failure)
    {
        Forget(call);
        call.End(failure);
    }

    // Whether it was open.
    private bool Forget(RequestCall call)
    {
        bool isOpen;
        lock (_gate)
        {
            isOpen = _core.Abandon(call.Id);
            _calls.Remove(call.Id);
        }

        _session.Services.Forget(call.Id);
        _session.Services.Forget(call.Probe);
        return isOpen;
    }
}
