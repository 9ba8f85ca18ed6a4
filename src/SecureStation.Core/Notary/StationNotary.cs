using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using SecureStation.Core.Keys;
using SecureStation.Core.Listening;
using SecureStation.Core.Notary.Http;
using SecureStation.Core.Notary.Log;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;
using SecureStation.Core.Transport;

namespace SecureStation.Core.Notary;

/// <summary>
/// A notary: a timestamp authority that answers over HTTP (RFC 3161, 3.4) and over station sessions, and logs what it signs.
/// </summary>
public sealed class StationNotary : INotaryServer
{
    /// <summary>The name of the protocol.</summary>
    public const string ProtocolName = "Timestamp";

    private const string ReplyType = "application/timestamp-reply";

    private readonly TimestampAuthority _authority;
    private readonly StationKeyPair? _temporaryKey;
    private readonly HttpLimits _limits;
    private readonly ConnectionServer? _server;
    private readonly string _hostName;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<SecureSession, Task> _sessions = new();
    private long _httpRefused;
    private int _isStopped;

    private StationNotary(StationNotaryOptions options, NotaryLog? log, StationKeyPair? temporaryKey, TimestampAuthority authority)
    {
        Log = log;
        _temporaryKey = temporaryKey;
        _authority = authority;
        _limits = new HttpLimits { RequestTimeout = options.RequestTimeout, IdleTimeout = options.IdleTimeout };
        _server = options.UsesHttp ? ConnectionServer.Start(options.Address, options.Port, options.MaxConnections, ServeAsync) : null;
        EndPoints = _server?.EndPoints ?? [];
        _hostName = EndPoints.Count == 0 ? string.Empty : HostName(EndPoints[0].Address);
    }

    /// <inheritdoc/>
    public string Id { get; } = Guid.NewGuid().ToString("n")[..8];

    /// <inheritdoc/>
    public string Protocol => ProtocolName;

    /// <inheritdoc/>
    public IReadOnlyList<IPEndPoint> EndPoints { get; }

    /// <inheritdoc/>
    public int Port => EndPoints.Count == 0 ? 0 : EndPoints[0].Port;

    /// <inheritdoc/>
    public Uri? Uri => EndPoints.Count == 0 ? null : new UriBuilder(System.Uri.UriSchemeHttp, _hostName, Port).Uri;

    /// <inheritdoc/>
    public bool IsListening => Volatile.Read(ref _isStopped) == 0;

    /// <inheritdoc/>
    public DateTimeOffset StartedAt { get; } = DateTimeOffset.UtcNow;

    /// <inheritdoc/>
    public long Granted => _authority.Granted;

    /// <inheritdoc/>
    public long Rejected => _authority.Rejected;

    /// <inheritdoc/>
    public StationException? LastFailure => null;

    /// <summary>Requests that were refused with an HTTP status before they reached the authority.</summary>
    public long HttpRefused => Interlocked.Read(ref _httpRefused);

    /// <summary>The certificate of the tokens.</summary>
    public X509Certificate2 Certificate => _authority.Certificate;

    /// <summary>The log; null for none.</summary>
    public NotaryLog? Log { get; }

    /// <summary>The log's file; null for none.</summary>
    public string? LogPath => Log?.Path;

    /// <summary>The log's signed head: keep it elsewhere. Null where there is no log, or nothing in it.</summary>
    public NotaryLogHead? LogHead => Log?.Head;

    /// <summary>Whether the log's entries are signed with a key that exists only in memory, for this notary.</summary>
    public bool IsLogKeyTemporary => _temporaryKey is not null;

    /// <summary>The sessions that it serves now.</summary>
    public IReadOnlyList<StationSession> Sessions => _sessions.Keys.ToArray();

    /// <summary>Opens the log, binds, starts to answer and returns.</summary>
    /// <exception cref="StationException">
    /// The faults of <see cref="TimestampAuthority(TimestampAuthorityOptions)"/> and <see cref="NotaryLog.Open"/>; <see cref="StationFault.ListenFailed"/>.
    /// </exception>
    public static StationNotary Start(StationNotaryOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        StationKeyPair? temporaryKey = null;
        NotaryLog? log = null;
        TimestampAuthority? authority = null;
        try
        {
            // First without the log, so that a certificate that will not do leaves no file behind.
            new TimestampAuthority(options.Authority).Dispose();
            if (options.LogPath is { } path)
            {
                temporaryKey = options.LogKeyPair is null ? StationKeyPair.Generate() : null;
                log = NotaryLog.Open(path, options.LogKeyPair ?? temporaryKey!);
            }

            authority = new TimestampAuthority(options.Authority with { Log = log });
            return new StationNotary(options, log, temporaryKey, authority);
        }
        catch
        {
            authority?.Dispose();
            log?.DisposeAsync().AsTask().GetAwaiter().GetResult();
            temporaryKey?.Dispose();
            throw;
        }
    }

    /// <summary>Answers the service <c>notary</c> on a session, until it ends or the notary stops.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidState"/>: the notary was stopped.</exception>
    public void Serve(SecureSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        if (!IsListening)
        {
            throw new StationException(StationFault.InvalidState, "The notary was stopped.");
        }

        session.Services.SwitchOn(NotaryService.Name);
        _sessions.GetOrAdd(session, _ => Task.Run(() => ServeSessionAsync(session)));
    }

    /// <inheritdoc/>
    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref _isStopped, 1) != 0)
        {
            return;
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        if (_server is not null)
        {
            await _server.DisposeAsync().ConfigureAwait(false);
        }

        await Task.WhenAll(_sessions.Values).ConfigureAwait(false);
        _authority.Dispose();
        if (Log is not null)
        {
            await Log.DisposeAsync().ConfigureAwait(false);
        }

        _temporaryKey?.Dispose();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync().ConfigureAwait(false);

    private async Task ServeAsync(ITransport transport, CancellationToken cancellationToken)
    {
        var http = new HttpConnection(transport, _limits);
        try
        {
            bool keepAlive = true;
            while (keepAlive && await http.ReadAsync(cancellationToken).ConfigureAwait(false) is { } request)
            {
                keepAlive = request.KeepAlive;
                byte[] reply = await _authority.RespondAsync(request.Body, cancellationToken).ConfigureAwait(false);
                await http.WriteAsync(ReplyType, reply, keepAlive, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (HttpException e)
        {
            Interlocked.Increment(ref _httpRefused);
            await http.WriteErrorAsync(e, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task ServeSessionAsync(SecureSession session)
    {
        try
        {
            await NotaryService.ServeAsync(session, _authority, _stop.Token).ConfigureAwait(false);
        }
        finally
        {
            _sessions.TryRemove(session, out _);
        }
    }

    private static string HostName(IPAddress address) =>
        address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) ? Dns.GetHostName() : address.ToString();
}
