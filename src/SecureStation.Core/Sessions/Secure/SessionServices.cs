using System.Collections.Concurrent;
using System.Globalization;
using SecureStation.Core.Messages;

namespace SecureStation.Core.Sessions.Secure;

/// <summary>
/// Service messages of a session (kind 4): requests that a caller sends to a service of the peer, and the services that this side has
/// switched on. They never enter the inbox.
/// </summary>
public sealed class SessionServices
{
    private readonly SecureSession _session;
    private readonly ConcurrentDictionary<string, IServiceSink> _open = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<ulong, IAnswerSink> _requests = new();
    private readonly Queue<StationMessage> _refused = new();

    internal SessionServices(SecureSession session) => _session = session;

    /// <summary>The services that are switched on.</summary>
    public IReadOnlyCollection<string> Open => [.. _open.Keys];

    /// <summary>Switches a service on: its messages wait for <see cref="ReceiveAsync(string, CancellationToken)"/> from now on.</summary>
    public void SwitchOn(string service) => Queue(service);

    /// <summary>Switches a service on: its messages are handed over as they come. Does nothing where it is on.</summary>
    internal void SwitchOn(string service, IServiceSink sink)
    {
        if (_open.TryAdd(service, sink) && _session.EndReason is not null)
        {
            sink.OnEnded();
        }
    }


    /// <summary>Switches a service off; the peer gets <c>UnknownService</c> again.</summary>
    public void SwitchOff(string service)
    {
        if (_open.TryRemove(service, out IServiceSink? sink) && sink is ServiceQueue queue)
        {
            queue.Drop();
        }
    }

    /// <summary>Takes the next message to a service that is switched on.</summary>
    /// <exception cref="StationException">The session has ended.</exception>
    public async Task<StationMessage> ReceiveAsync(string service, CancellationToken cancellationToken) =>
        (await Queue(service).TakeAsync(unless: 0, cancellationToken).ConfigureAwait(false))!;

    /// <summary>Takes the next message to a service; null once the peer has withdrawn an earlier one, that of <paramref name="unless"/>.</summary>
    /// <exception cref="StationException">The session has ended.</exception>
    internal Task<StationMessage?> ReceiveAsync(string service, ulong unless, CancellationToken cancellationToken) =>
        Queue(service).TakeAsync(unless, cancellationToken);

    /// <summary>Whether the peer waits no longer for an answer to a message that was taken by <see cref="ReceiveAsync(string, CancellationToken)"/>.</summary>
    internal bool IsWithdrawn(StationMessage message) =>
        _open.TryGetValue(ServiceOf(message), out IServiceSink? sink) && sink is ServiceQueue queue && queue.IsWithdrawn(message.Id);

    /// <summary>Sends a request to a service of the peer and waits for its answer. Given up, it is withdrawn: the peer is told.</summary>
    /// <exception cref="StationException">
    /// <see cref="StationFault.UnknownService"/>: the peer has not switched it on; <see cref="StationFault.NotAllowed"/>: not for this station.
    /// </exception>
    public async Task<StationMessage> RequestAsync(OutgoingMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var answer = new AnswerSource(_session);
        ulong id = 0;
        try
        {
            await AskAsync(request, answer, accepted => id = accepted, cancellationToken).ConfigureAwait(false);
            StationMessage message = await answer.Answer.WaitAsync(cancellationToken).ConfigureAwait(false);
            return message.GetHeader(OutgoingMessage.ErrorHeader) is { } error ? throw Refusal(ServiceOf(message), error) : message;
        }
        catch (OperationCanceledException) when (id != 0)
        {
            Withdraw(ServiceOf(request), id);
            throw;
        }
        finally
        {
            Forget(id);
        }
    }

    /// <summary>Sends a request whose answers go to <paramref name="answers"/> until <see cref="Forget"/>.</summary>
    /// <param name="request">The request.</param>
    /// <param name="answers">Who takes the answers.</param>
    /// <param name="accepted">Learns its id before it leaves, under the session's lock.</param>
    /// <param name="cancellationToken">Ends the wait for room in the outbox.</param>
    internal async Task AskAsync(OutgoingMessage request, IAnswerSink answers, Action<ulong> accepted, CancellationToken cancellationToken)
    {
        await _session.SendAsync(
            request,
            id =>
            {
                accepted(id);
                _requests[id] = answers;
            },
            cancellationToken).ConfigureAwait(false);
        if (_session.EndReason is not null)
        {
            answers.OnEnded();
        }
    }

    /// <summary>What answers a request of ours is of interest no longer.</summary>
    internal void Forget(ulong id) => _requests.TryRemove(id, out _);

    /// <summary>Tells the peer that nobody waits any more for an answer to our message with this id. It is never answered.</summary>
    internal void Withdraw(string service, ulong id) => _ = TellAsync(new OutgoingMessage(StationMessageKind.Service, default)
    {
        Headers =
        [
            new(OutgoingMessage.ServiceHeader, service),
            new(ServiceWithdrawal.Op, ServiceWithdrawal.Cancel),
            new(ServiceWithdrawal.Call, id.ToString(CultureInfo.InvariantCulture)),
        ],
    });

    /// <summary>Sends what nobody waits for. A session that has ended has no use for it.</summary>
    internal async Task TellAsync(OutgoingMessage message)
    {
        try
        {
            await _session.SendAsync(message, CancellationToken.None).ConfigureAwait(false);
        }
        catch (StationException)
        {
            // The session is over, or the message larger than the peer takes.
        }
    }

    /// <summary>A message was seen to: there is room for the peer's next ones.</summary>
    internal void Release(StationMessage message) => _session.Inbox.NoteTaken(message);

    /// <summary>What the error header of a service's answer means.</summary>
    internal static StationException Refusal(string service, string error)
    {
        (StationFault fault, string text) = error switch
        {
            nameof(StationFault.UnknownService) => (StationFault.UnknownService, $"The peer has not switched on its service {ForeignText.Show(service)}."),
            nameof(StationFault.NotAllowed) => (StationFault.NotAllowed, $"The peer does not let this station use its service {ForeignText.Show(service)}."),
            _ => (StationFault.PeerRefused, $"The peer's service answered: {ForeignText.Show(error)}."),
        };
        return new StationException(fault, text) { PeerHint = error };
    }

    /// <summary>
    /// Takes in a message of kind 4: an answer to this side's own request, or a message to a service that is on and that the peer's record allows; the one
    /// place where capabilities hold. Called under the session's lock: it hands over, and waits for nothing.
    /// </summary>
    internal void Dispatch(StationMessage message)
    {
        if (message.InReplyTo != 0 && _requests.TryGetValue(message.InReplyTo, out IAnswerSink? answers))
        {
            answers.Take(message);
            return;
        }

        string service = ServiceOf(message);
        if (service == OutgoingMessage.VoidService)
        {
            Release(message);
            return;
        }

        _open.TryGetValue(service, out IServiceSink? sink);
        if (ServiceWithdrawal.TryRead(message, out ulong withdrawn))
        {
            sink?.Withdraw(withdrawn);
            Release(message);
            return;
        }

        if (sink is not null && (_session.Capabilities.Allow(service) || sink.IsOwn(message)))
        {
            sink.Take(message);
            return;
        }

        // An answer that nobody waits for is dropped: answering answers could go on for ever.
        if (message.InReplyTo != 0)
        {
            Release(message);
            return;
        }

        _refused.Enqueue(message);
        SendRefusals();
    }

    /// <summary>The session has ended.</summary>
    internal void Finish()
    {
        foreach (IServiceSink sink in _open.Values)
        {
            sink.OnEnded();
        }

        foreach (IAnswerSink answers in _requests.Values)
        {
            answers.OnEnded();
        }
    }

    /// <summary>
    /// Answers questions to unknown services, in order, as far as there is room; the rest waits for room, and keeps the window shut. Called under the
    /// session's lock.
    /// </summary>
    internal void SendRefusals()
    {
        while (_refused.TryPeek(out StationMessage? message) && IsSeenTo(message))
        {
            Release(_refused.Dequeue());
        }
    }

    private ServiceQueue Queue(string service)
    {
        IServiceSink sink = _open.GetOrAdd(service, static (_, session) => new ServiceQueue(session), _session);
        if (_session.EndReason is not null)
        {
            sink.OnEnded();
        }

        return sink as ServiceQueue ?? throw new StationException(StationFault.InvalidState, $"The service {service} of the session is in use.");
    }

    private static string ServiceOf(StationMessage message) => message.GetHeader(OutgoingMessage.ServiceHeader) ?? string.Empty;

    private static string ServiceOf(OutgoingMessage message) =>
        message.Headers.FirstOrDefault(static header => header.Key == OutgoingMessage.ServiceHeader).Value ?? string.Empty;

    private bool IsSeenTo(StationMessage message)
    {
        string service = ServiceOf(message);
        try
        {
            bool isAllowed = _session.Capabilities.Allow(service);
            bool isSent = _session.TrySend(new OutgoingMessage(StationMessageKind.Service, default)
            {
                InReplyTo = message.Id,
                Headers =
                [
                    new(OutgoingMessage.ServiceHeader, service),
                    new(OutgoingMessage.ErrorHeader, isAllowed ? nameof(StationFault.UnknownService) : nameof(StationFault.NotAllowed)),
                ],
            });
            if (isSent && !isAllowed)
            {
                SessionAudit.NotAllowed(_session, service);
            }

            return isSent;
        }
        catch (StationException)
        {
            // The session has ended, and so has the question; or its service has a name that leaves no room for an answer.
            return true;
        }
    }
}
