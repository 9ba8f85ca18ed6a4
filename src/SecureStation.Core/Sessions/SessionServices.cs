using System.Collections.Concurrent;
using System.Threading.Channels;
using SecureStation.Core.Messages;

namespace SecureStation.Core.Sessions;

/// <summary>
/// Service messages of a session (kind 4): requests that a caller sends to a service of the peer, and the services that this side has
/// switched on. They never enter the inbox.
/// </summary>
public sealed class SessionServices
{
    private readonly StationSession _session;
    private readonly ConcurrentDictionary<string, Channel<StationMessage>> _open = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<ulong, TaskCompletionSource<StationMessage>> _requests = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, StationMessage> _early = [];
    private int _asking;
    private volatile StationException? _end;

    internal SessionServices(StationSession session) => _session = session;

    /// <summary>The services that are switched on.</summary>
    public IReadOnlyCollection<string> Open => [.. _open.Keys];

    /// <summary>Switches a service on: its messages wait for <see cref="ReceiveAsync"/> from now on.</summary>
    public void SwitchOn(string service)
    {
        Channel<StationMessage> channel = _open.GetOrAdd(service, static _ => Channel.CreateUnbounded<StationMessage>());
        if (_end is not null)
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
        ulong id;
        lock (_gate)
        {
            _asking++;
        }

        try
        {
            id = await _session.SendAsync(request, cancellationToken).ConfigureAwait(false);
            Expect(id, answer);
        }
        finally
        {
            lock (_gate)
            {
                // What is left over answers nobody's question.
                if (--_asking == 0)
                {
                    _early.Clear();
                }
            }
        }

        try
        {
            StationMessage message = await answer.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            return message.GetHeader(OutgoingMessage.ErrorHeader) is { } error
                ? throw new StationException(
                    error == nameof(StationFault.UnknownService) ? StationFault.UnknownService : StationFault.PeerRefused,
                    $"The peer's service answered: {error}.")
                { PeerHint = error }
                : message;
        }
        finally
        {
            _requests.TryRemove(id, out _);
        }
    }

    internal void Dispatch(StationMessage message)
    {
        if (message.InReplyTo != 0 && TryAnswer(message))
        {
            _session.Inbox.NoteTaken(message);
            return;
        }

        string service = message.GetHeader(OutgoingMessage.ServiceHeader) ?? string.Empty;
        if (_open.TryGetValue(service, out Channel<StationMessage>? channel) && channel.Writer.TryWrite(message))
        {
            return;
        }

        // An answer that nobody waits for is dropped: answering answers could go on for ever.
        if (message.InReplyTo == 0)
        {
            _ = RefuseAsync(message, service);
        }
        else
        {
            _session.Inbox.NoteTaken(message);
        }
    }

    internal void Finish(StationException reason)
    {
        _end = reason;
        foreach (Channel<StationMessage> channel in _open.Values)
        {
            channel.Writer.TryComplete();
        }

        foreach (TaskCompletionSource<StationMessage> request in _requests.Values)
        {
            request.TrySetException(_session.EndReason is null ? reason : _session.CreateEndException());
        }
    }

    // An answer can come before the sender has learnt its request's id.
    private void Expect(ulong id, TaskCompletionSource<StationMessage> answer)
    {
        lock (_gate)
        {
            _requests[id] = answer;
            if (_early.Remove(id, out StationMessage? early))
            {
                answer.TrySetResult(early);
            }
        }

        if (_end is { } end)
        {
            answer.TrySetException(end);
        }
    }

    private bool TryAnswer(StationMessage message)
    {
        lock (_gate)
        {
            if (_requests.TryGetValue(message.InReplyTo, out TaskCompletionSource<StationMessage>? answer))
            {
                answer.TrySetResult(message);
                return true;
            }

            if (_asking > 0 && _early.Count < 16 + _asking)
            {
                _early[message.InReplyTo] = message;
                return true;
            }

            return false;
        }
    }

    private async Task RefuseAsync(StationMessage message, string service)
    {
        try
        {
            await _session.SendAsync(new OutgoingMessage(StationMessageKind.Service, default)
            {
                InReplyTo = message.Id,
                Headers = [new(OutgoingMessage.ServiceHeader, service), new(OutgoingMessage.ErrorHeader, nameof(StationFault.UnknownService))],
            }).ConfigureAwait(false);
        }
        catch (StationException)
        {
            // The session has ended; so has the question.
        }

        // Not before: a peer that asks on and on and reads no answer would else have no end of answers waiting here.
        _session.Inbox.NoteTaken(message);
    }
}
