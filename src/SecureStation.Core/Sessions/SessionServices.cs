using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using SecureStation.Core.Messages;

namespace SecureStation.Core.Sessions;

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
    private bool _isRefusing;
    private volatile StationException? _end;

    internal SessionServices(SecureSession session) => _session = session;

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
        ulong id = 0;
        try
        {
            // An answer can come before SendAsync returns, not before the request leaves.
            await _session.SendAsync(request, Register, cancellationToken).ConfigureAwait(false);
            if (_end is { } end)
            {
                answer.TrySetException(end);
            }

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

        void Register(ulong accepted)
        {
            id = accepted;
            _requests[id] = answer;
        }
    }

    internal void Dispatch(StationMessage message)
    {
        if (message.InReplyTo != 0 && _requests.TryGetValue(message.InReplyTo, out TaskCompletionSource<StationMessage>? request))
        {
            request.TrySetResult(message);
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
            Refuse(message);
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

    private void Refuse(StationMessage message)
    {
        lock (_refused)
        {
            _refused.Enqueue(message);
            if (_isRefusing)
            {
                return;
            }

            _isRefusing = true;
        }

        _ = RefuseAllAsync();
    }

    // One after another: a peer that asks on and on and reads no answer would else have a task for each waiting here.
    private async Task RefuseAllAsync()
    {
        while (TryTakeRefused(out StationMessage? message))
        {
            try
            {
                await _session.SendAsync(new OutgoingMessage(StationMessageKind.Service, default)
                {
                    InReplyTo = message.Id,
                    Headers =
                    [
                        new(OutgoingMessage.ServiceHeader, message.GetHeader(OutgoingMessage.ServiceHeader) ?? string.Empty),
                        new(OutgoingMessage.ErrorHeader, nameof(StationFault.UnknownService)),
                    ],
                }).ConfigureAwait(false);
            }
            catch (StationException)
            {
                // The session has ended, and so has the question; or its service has a name that leaves no room for an answer.
            }

            // Not before: what waits for its refusal must keep the window shut.
            _session.Inbox.NoteTaken(message);
        }
    }

    private bool TryTakeRefused([NotNullWhen(true)] out StationMessage? message)
    {
        lock (_refused)
        {
            _isRefusing = _refused.TryDequeue(out message);
            return _isRefusing;
        }
    }
}
