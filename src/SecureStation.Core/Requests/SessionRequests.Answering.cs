using SecureStation.Core.Auditing;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;

namespace SecureStation.Core.Requests;

// The peer's requests: from the message to the handler and back.
public sealed partial class SessionRequests
{
    /// <inheritdoc/>
    void IAnswerSink.Take(StationMessage message)
    {
        RequestEvent happened;
        IncomingRequest? request = null;
        lock (_gate)
        {
            happened = _core.OnMessage(message);
            if (happened.Kind == RequestEventKind.Called)
            {
                request = _incoming[happened.Call] = new IncomingRequest(this, happened.Offer, message.ReceivedAt);
            }
            else
            {
                _incoming.TryGetValue(happened.Call, out request);
            }
        }

        switch (happened.Kind)
        {
            case RequestEventKind.Called:
                _ = Task.Run(() => PlaceAsync(request!, message));
                return;
            case RequestEventKind.Refused:
                Refuse(message, message.Id, happened.Failure!);
                return;
            case RequestEventKind.NotOpen when _session.IsRestored:
                // An earlier process had it, and is gone.
                Refuse(message, happened.Call, new RequestFailure(RequestCodes.Unknown));
                return;
            case RequestEventKind.Credited:
                request?.Credit.Pulse();
                break;
        }

        _session.Services.Release(message);
    }

    /// <inheritdoc/>
    void IServiceSink.Withdraw(ulong id)
    {
        IncomingRequest? request;
        lock (_gate)
        {
            _core.OnCancel(id);
            _incoming.Remove(id, out request);
        }

        if (request is not null)
        {
            // Of what has no open call nothing is told, whatever the code.
            Stop(request, RequestCodes.Withdrawn);
        }
    }

    /// <inheritdoc/>
    void IAnswerSink.OnEnded()
    {
        IncomingRequest[] open;
        lock (_gate)
        {
            open = [.. _incoming.Values];
            _incoming.Clear();
            foreach (IncomingRequest request in open)
            {
                _core.OnCancel(request.Offer.Call);
            }
        }

        foreach (IncomingRequest request in open)
        {
            Stop(request, RequestCodes.Withdrawn);
        }

        _ = Task.Run(Handlers.Close);
    }

    /// <summary>Ends a request before its handler has: one that waits is over, one that runs is told by its token.</summary>
    internal static void Stop(IncomingRequest request, string code)
    {
        request.Stop(code);
        if (request.Registration?.TryRemove(request) == true)
        {
            _ = Task.Run(() => request.Owner.AnswerAsync(request, new RequestFailure(code)));
        }
    }

    /// <summary>Runs a request whose turn it is. Its place is free when the handler has really ended, whoever waits meanwhile.</summary>
    internal static async Task RunAsync(IncomingRequest request, RequestRegistration registration)
    {
        SessionRequests owner = request.Owner;
        request.StopAfter(registration.Limits.Timeout);
        Task work = request.StopCode is null ? StartAsync(registration.Handler, request) : Task.CompletedTask;
        await Task.WhenAny(work, request.Stopped).ConfigureAwait(false);
        RequestFailure? failure = request.StopCode is { } code ? new RequestFailure(code) : FailureOf(work);
        if (failure is not null && request.StopCode is null)
        {
            // What the handler has begun and left running may as well end.
            request.Stop(RequestCodes.Withdrawn);
        }

        owner.Audit(request, failure);

        // Where the handler has ended, this does so at once: who has the answer finds it counted, and its place free.
        Task ending = EndAsync(work, request, registration, failure);
        await owner.AnswerAsync(request, failure).ConfigureAwait(false);
        await ending.ConfigureAwait(false);
    }

    private static async Task EndAsync(Task work, IncomingRequest request, RequestRegistration registration, RequestFailure? failure)
    {
        await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        request.StopAfter(Timeout.InfiniteTimeSpan);
        registration.End(request, isAnswered: failure is null);
    }

    /// <summary>Sends a result when there is credit for it.</summary>
    internal async Task WriteAsync(IncomingRequest request, RequestValue value)
    {
        CancellationToken stop = request.CancellationToken;
        while (true)
        {
            Task credit = request.Credit.Arm();
            stop.ThrowIfCancellationRequested();
            bool isPaid;
            bool isOpen;
            lock (_gate)
            {
                isPaid = _core.TrySpend(request.Offer.Call, RequestMessages.ItemCost(value.Body.Length), out isOpen);
            }

            if (isPaid)
            {
                break;
            }

            if (!isOpen)
            {
                throw new OperationCanceledException("Nobody waits for the request's results any more.", stop);
            }

            await credit.WaitAsync(stop).ConfigureAwait(false);
        }

        await _session.QueueAsync(RequestMessages.ToItem(request.Offer.Call, value), stop).ConfigureAwait(false);
    }

    private async Task PlaceAsync(IncomingRequest request, StationMessage message)
    {
        string? refusal;
        try
        {
            refusal = Place(request);
        }
        catch (Exception)
        {
            // Whoever is asked whether it admits the peer failed: it does not.
            refusal = RequestCodes.NotAllowed;
        }

        if (refusal is not null)
        {
            var failure = new RequestFailure(refusal);
            Audit(request, failure);
            await AnswerAsync(request, failure).ConfigureAwait(false);
        }

        // A request that was refused keeps the window shut until its asker has been told.
        _session.Services.Release(message);
    }

    private string? Place(IncomingRequest request)
    {
        RequestRegistration? registration = Volatile.Read(ref _served).Select(handlers => handlers.Find(request.Name)).FirstOrDefault(static found => found is not null);
        if (registration is null)
        {
            return RequestCodes.UnknownHandler;
        }

        if (!registration.Handler.Admits(_session))
        {
            return RequestCodes.NotAllowed;
        }

        request.Registration = registration;
        return registration.Place(request);
    }

    // The one last message of a call, if it is still open.
    private async Task AnswerAsync(IncomingRequest request, RequestFailure? failure)
    {
        ulong call = request.Offer.Call;
        lock (_gate)
        {
            _incoming.Remove(call);
            if (!_core.TryBeginEnd(call))
            {
                return;
            }
        }

        await _session.Services.TellAsync(failure is null ? RequestMessages.ToEnd(call) : RequestMessages.ToError(call, failure)).ConfigureAwait(false);
        lock (_gate)
        {
            _core.EndAnswered();
        }
    }

    // In order, one at a time: what waits for its refusal keeps the window shut.
    private void Refuse(StationMessage message, ulong call, RequestFailure failure)
    {
        lock (_refused)
        {
            _refused.Enqueue((message, call, failure));
            if (_isRefusing)
            {
                return;
            }

            _isRefusing = true;
        }

        _ = Task.Run(RefuseAllAsync);
    }

    private async Task RefuseAllAsync()
    {
        while (true)
        {
            (StationMessage Message, ulong Call, RequestFailure Failure) next;
            lock (_refused)
            {
                if (!_refused.TryDequeue(out next))
                {
                    _isRefusing = false;
                    return;
                }
            }

            await _session.Services.TellAsync(RequestMessages.ToError(next.Call, next.Failure)).ConfigureAwait(false);
            _session.Services.Release(next.Message);
        }
    }

    private static async Task StartAsync(IRequestHandler handler, IncomingRequest request) => await handler.RunAsync(request).ConfigureAwait(false);

    private static RequestFailure? FailureOf(Task work) => work.IsCompletedSuccessfully ? null : work.Exception?.InnerException switch
    {
        RequestFailedException failed => new RequestFailure(RequestCodes.HandlerFailed, failed.ErrorId, failed.Category, failed.Message),
        StationException { Fault: StationFault.MessageTooLarge } => new RequestFailure(RequestCodes.TooLarge),
        null => new RequestFailure(RequestCodes.Withdrawn),

        // Only what a handler says on purpose is told: another failure's text may name what is nobody's business.
        _ => new RequestFailure(RequestCodes.HandlerFailed, "Unexpected", "NotSpecified", "The handler failed."),
    };

    private void Audit(IncomingRequest request, RequestFailure? failure)
    {
        if (AuditTrail.IsWatched)
        {
            AuditTrail.Report(new AuditEvent(AuditEventKind.Request)
            {
                Session = _session.Id,
                Address = _session.RemoteAddress,
                Peer = _session.PeerName,
                Fingerprint = _session.RemoteFingerprint,
                Reason = failure?.Code ?? "Answered",
                Detail = request.Name,
            });
        }
    }
}
