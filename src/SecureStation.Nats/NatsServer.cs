using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using SecureStation.Core;
using SecureStation.Core.Mailboxes;

namespace SecureStation.Nats;

/// <summary>
/// The connection to the servers. What goes wrong comes out as one typed failure with what the server said. A server that went away is waited
/// for: the client library connects again by itself.
/// </summary>
internal sealed class NatsServer : IAsyncDisposable
{
    // nats-server errors.json: the sequence that a publish expected is not the last one; the subject or stream has no room.
    private const int WrongLastSequence = 10071;
    private const int StoreFailed = 10077;
    private const int Attempts = 3;
    private const int ElectionTries = 20;
    private static readonly int[] s_noRoom = [10047, 10023, 10110, 10122];
    private static readonly byte[] s_nothing = [];

    private readonly NatsConnection _connection;
    private readonly MailboxOptions _options;
    private readonly NatsRefusals _refusals = new();
    private int _opened;

    private NatsServer(NatsConnection connection, string address, MailboxOptions options)
    {
        _connection = connection;
        _options = options;
        Address = address;
        JetStream = new NatsJSContext(connection, new NatsJSOpts(connection.Opts));
    }

    /// <summary>The server is there again after it was away.</summary>
    public event Action? Returned;

    /// <summary>Whether the server is away at this moment.</summary>
    public bool IsAway => _connection.ConnectionState != NatsConnectionState.Open;

    /// <summary>How often it was connected to.</summary>
    public int Connections => Volatile.Read(ref _opened);

    /// <summary>What the server refuses, of what is asked on a subject.</summary>
    public NatsRefusals Refusals => _refusals;

    public string Address { get; }

    public NatsJSContext JetStream { get; }

    /// <summary>The largest message that the server takes, in bytes; headers count.</summary>
    public int MaxPayload => _connection.ServerInfo?.MaxPayload ?? 1024 * 1024;

    /// <exception cref="StationException"><see cref="StationFault.MailboxUnavailable"/> and the faults of addresses and credentials.</exception>
    public static async Task<NatsServer> ConnectAsync(string text, MailboxOptions options, CancellationToken cancellationToken)
    {
        NatsAddress address = NatsAddress.Parse(text);
        NatsCredentials credentials = NatsCredentials.Find(address, options.CredentialPath);
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await ConnectAsync(address, credentials, options, cancellationToken).ConfigureAwait(false);
            }
            catch (StationException e) when (attempt < Attempts && e.InnerException is NatsException { InnerException: not null and not NatsServerException })
            {
                // The server said why it refuses and closed, and its close came first: what it said is lost then. It says it again.
            }
        }
    }

    private static async Task<NatsServer> ConnectAsync(NatsAddress address, NatsCredentials credentials, MailboxOptions options, CancellationToken cancellationToken)
    {
        var connection = new NatsConnection(NatsOpts.Default with
        {
            Url = address.Servers,
            Name = "SecureStation",
            AuthOpts = credentials.Options,
            InboxPrefix = credentials.InboxPrefix,
            ConnectTimeout = options.Timeout,
            RequestTimeout = options.Timeout,
            CommandTimeout = options.Timeout,
            ReconnectWaitMin = TimeSpan.FromMilliseconds(100),
            ReconnectWaitMax = TimeSpan.FromSeconds(2),
        });
        var server = new NatsServer(connection, address.Shown, options);
        try
        {
            connection.ServerError += server.Hear;
            connection.ConnectionOpened += server.Open;
            await connection.ConnectAsync().AsTask().WaitAsync(options.Timeout * 2, cancellationToken).ConfigureAwait(false);
            return server;
        }
        catch (Exception e) when (IsFailure(e, cancellationToken))
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw server.Failed(e);
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Stores a message; returns the server's acknowledgement of it.</summary>
    /// <param name="subject">Its subject.</param>
    /// <param name="body">Its body.</param>
    /// <param name="options">Id and expectations.</param>
    /// <param name="headers">Its headers.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="StationException"><see cref="StationFault.MailboxUnavailable"/>: it may be stored. <see cref="StationFault.MailboxFull"/></exception>
    /// <returns>Null where the expected sequence was not the last one.</returns>
    public Task<PubAckResponse?> TryPublishAsync(string subject, byte[] body, NatsJSPubOpts? options, NatsHeaders? headers, CancellationToken cancellationToken) =>
        MapAsync(
            async token =>
            {
                PubAckResponse answer = await JetStream.PublishAsync(subject, body, opts: Patient(options), headers: headers, cancellationToken: token).ConfigureAwait(false);
                return answer.Error switch
                {
                    null => answer,
                    { ErrCode: WrongLastSequence } => null,
                    { } error when s_noRoom.Contains(error.ErrCode) || (error.ErrCode == StoreFailed && error.Description?.Contains("exceeded", StringComparison.OrdinalIgnoreCase) == true) =>
                        throw new StationException(StationFault.MailboxFull, $"The mailbox '{Address}' has no room: {error.Description}.") { Address = Address },
                    { } error => throw Unavailable(error.Description ?? "it refused the message."),
                };
            },
            subject,
            _options.Timeout,
            cancellationToken);

    /// <summary>As <see cref="TryPublishAsync"/>, with nothing expected.</summary>
    public async Task<PubAckResponse> PublishAsync(string subject, byte[] body, NatsJSPubOpts? options, NatsHeaders? headers, CancellationToken cancellationToken) =>
        await TryPublishAsync(subject, body, options, headers, cancellationToken).ConfigureAwait(false) ?? throw Unavailable("another message was stored meanwhile.");

    /// <summary>Asks, and gives the answer.</summary>
    public Task<NatsMsg<byte[]>> AskAsync(string subject, byte[]? body, TimeSpan timeout, CancellationToken cancellationToken) => MapAsync(
        async token =>
        {
            NatsMsg<byte[]> answer = await _connection.RequestAsync<byte[], byte[]>(
                subject, body ?? s_nothing, replyOpts: new NatsSubOpts { Timeout = timeout, ThrowIfNoResponders = false }, cancellationToken: token).ConfigureAwait(false);
            return answer.HasNoResponders ? throw Unavailable($"nobody answers on {subject}: JetStream is off, its leader is being chosen, or the stream was not made (Connect-StationMailbox -Create).") : answer;
        },
        subject,
        timeout,
        cancellationToken);

    /// <summary>Says something that is not answered, or elsewhere.</summary>
    public Task TellAsync(string subject, byte[] body, string? replyTo, CancellationToken cancellationToken) => MapAsync(
        async token =>
        {
            await _connection.PublishAsync(subject, body, replyTo: replyTo, cancellationToken: token).ConfigureAwait(false);
            return true;
        },
        subject,
        _options.Timeout,
        cancellationToken);

    /// <summary>Listens below a new inbox: not one of the connection, which the library takes apart by subject.</summary>
    public Task<INatsSub<byte[]>> ListenAsync(CancellationToken cancellationToken) => MapAsync(
        async token => await _connection.SubscribeCoreAsync<byte[]>(JetStream.NewBaseInbox() + ".*", cancellationToken: token).ConfigureAwait(false),
        subject: null,
        _options.Timeout,
        cancellationToken);

    /// <summary>Does what the client library has a method for.</summary>
    /// <param name="subject">The subject that it asks on, or its beginning.</param>
    /// <param name="work">It.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<T> DoAsync<T>(string subject, Func<NatsJSContext, CancellationToken, ValueTask<T>> work, CancellationToken cancellationToken) =>
        MapAsync(token => work(JetStream, token).AsTask(), subject, _options.Timeout, cancellationToken);

    /// <summary>The last message of a subject, as any replica has it; null where there is none.</summary>
    public async Task<(byte[] Body, ulong Sequence)?> FindLastAsync(string stream, string subject, CancellationToken cancellationToken)
    {
        NatsMsg<byte[]> answer = await AskAsync($"$JS.API.DIRECT.GET.{stream}.{subject}", null, _options.Timeout, cancellationToken).ConfigureAwait(false);
        return answer.Headers is { Code: 404 }
            ? null
            : answer.Headers is { } headers && headers.TryGetLastValue("Nats-Sequence", out string? number) && ulong.TryParse(number, out ulong sequence)
            ? (answer.Data ?? [], sequence)
            : throw Unavailable($"the answer about {subject} makes no sense.");
    }

    public StationException Unavailable(string said, Exception? inner = null) =>
        new(StationFault.MailboxUnavailable, $"The mailbox '{Address}' cannot be used: {said}", inner) { Address = Address };

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    // A cluster that chooses a new leader has nobody who answers meanwhile, and stores nothing.
    private static NatsJSPubOpts Patient(NatsJSPubOpts? options) =>
        (options ?? NatsJSPubOpts.Default) with { RetryAttempts = ElectionTries, RetryWaitBetweenAttempts = TimeSpan.FromMilliseconds(250) };

    private async Task<T> MapAsync<T>(Func<CancellationToken, Task<T>> work, string? subject, TimeSpan timeout, CancellationToken cancellationToken)
    {
        // The library's own time-outs come first; this is for what it might wait for while it is not connected.
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(timeout + _options.Timeout);
        using NatsRefusals.Asked asked = _refusals.Ask(subject, bound);
        try
        {
            return await work(bound.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (IsFailure(e, cancellationToken))
        {
            throw asked.Refusal is { } said ? Unavailable(said, e) : Failed(e);
        }
    }

    private static bool IsFailure(Exception e, CancellationToken cancellationToken) =>
        e is NatsException or TimeoutException or System.Net.Sockets.SocketException or IOException or ObjectDisposedException
        || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    private StationException Failed(Exception e) => Unavailable(
        e switch
        {
            OperationCanceledException or TimeoutException or NatsNoReplyException => "the server did not answer in time.",
            _ => (e.InnerException as NatsServerException ?? e as NatsServerException)?.Error ?? e.Message,
        },
        e);

    private ValueTask Open(object? sender, NatsEventArgs opened)
    {
        if (Interlocked.Increment(ref _opened) > 1)
        {
            Returned?.Invoke();
        }

        return ValueTask.CompletedTask;
    }

    private ValueTask Hear(object? sender, NatsServerErrorEventArgs error)
    {
        _refusals.Hear(error.Error);
        return ValueTask.CompletedTask;
    }
}
