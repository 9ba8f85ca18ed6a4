using System.Collections.Concurrent;
using System.Threading.Channels;
using SecureStation.Core.Messages;

namespace SecureStation.Core.Sessions.Secure;

/// <summary>
/// Service messages of a session (kind 4): requests that a caller sends to a service of the peer, and the services that this side has
/// switched on. They never enter the inbox.
/// </summary>
public sealed class SessionServices
{
    private readonly SecureSession _session;
    private readonly ConcurrentDictionary<string, Channel<StationMessage>> _open = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<ulong, TaskCompletionSource<StationMessage>> _requests = new();
    private readonly Queue<StationMessage> _refused = new();

    internal SessionServices(SecureSession session) => _session = session;

    /// <summary>The services that are switched on.</summary>
    public IReadOnlyCollection<string> Open => [.. _open.Keys];

    /// <summary>Switches a service on: its messages wait for <see cref="ReceiveAsync"/> from now on.</summary>
    public void SwitchOn(string service)
    {
        Channel<StationMessage> channel = _open.GetOrAdd(service, static _ => Channel.CreateUnbounded<StationMessage>());
        if (_session.EndReason is not null)
        {
            channel.Writer.TryComplete();
        }
    }

    /// <summary>Switches a service off; the peer gets <c>UnknownService</c> again.</summary>
    public void SwitchOff(string service)
    {
        if (_open.TryRemove(service, out Channel<StationMessage>? channel))
        {
            channel.Writer.TryComplete();
            while (channel.Reader.TryRead(out StationMessage? message))
            {
                _session.Inbox.NoteTaken(message);
            }
        }
    }

    /// <summary>Takes the next message to a service that is switched on.</summary>
    /// <exception cref="StationException">The session has ended.</exception>
    public async Task<StationMessage> ReceiveAsync(string service, CancellationToken cancellationToken)
    {
        SwitchOn(service);
        try
        {
            StationMessage message = await _open[service].Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            _session.Inbox.NoteTaken(message);
            return message;
        }
        catch (ChannelClosedException)
        {
            throw _session.CreateEndException();
        }
    }

    /// <summary>Sends a request to a service of the peer and waits for its answer.</summary>
    /// <exception cref="StationException"><see cref="StationFault.UnknownService"/>: the peer has not switched it on.</exception>
    public async Task<StationMessage> RequestAsync(OutgoingMessage request, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<StationMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        ulong id = 0;
        try
        {
            // An answer can come before SendAsync returns, not before the request leaves.
            await _session.SendAsync(request, Register, cancellationToken).ConfigureAwait(false);
            if (_session.EndReason is not null)
            {
                answer.TrySetException(_session.CreateEndException());
            }

            StationMessage message = await answer.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            return message.GetHeader(OutgoingMessage.ErrorHeader) is { } error ? throw Refusal(ServiceOf(message), error) : message;
        }
        finally
        {
            _requests.TryRemove(id, out _);
        }

        void Register(ulong accepted)
        {
            id = accepted;
            _requests[id] = answer;
        }
    }

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
        if (message.InReplyTo != 0 && _requests.TryGetValue(message.InReplyTo, out TaskCompletionSource<StationMessage>? request))
        {
            request.TrySetResult(message);
            _session.Inbox.NoteTaken(message);
            return;
        }

        string service = ServiceOf(message);
        if (_session.Capabilities.Allow(service) && _open.TryGetValue(service, out Channel<StationMessage>? channel) && channel.Writer.TryWrite(message))
        {
            return;
        }

        // An answer that nobody waits for is dropped: answering answers could go on for ever.
        if (message.InReplyTo != 0)
        {
            _session.Inbox.NoteTaken(message);
            return;
        }

        _refused.Enqueue(message);
        SendRefusals();
    }

    /// <summary>The session has ended.</summary>
    internal void Finish()
    {
        foreach (Channel<StationMessage> channel in _open.Values)
        {
            channel.Writer.TryComplete();
        }

        foreach (TaskCompletionSource<StationMessage> request in _requests.Values)
        {
            request.TrySetException(_session.CreateEndException());
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
            _session.Inbox.NoteTaken(_refused.Dequeue());
        }
    }

    private static string ServiceOf(StationMessage message) => message.GetHeader(OutgoingMessage.ServiceHeader) ?? string.Empty;

    private bool IsSeenTo(StationMessage message)
    {
        string service = ServiceOf(message);
        try
        {
            return _session.TrySend(new OutgoingMessage(StationMessageKind.Service, default)
            {
                InReplyTo = message.Id,
                Headers =
                [
                    new(OutgoingMessage.ServiceHeader, service),
                    new(OutgoingMessage.ErrorHeader, _session.Capabilities.Allow(service) ? nameof(StationFault.UnknownService) : nameof(StationFault.NotAllowed)),
                ],
            });
        }
        catch (StationException)
        {
            // The session has ended, and so has the question; or its service has a name that leaves no room for an answer.
            return true;
        }
    }
}
