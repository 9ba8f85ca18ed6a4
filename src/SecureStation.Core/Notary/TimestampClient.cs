using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions.Secure;

namespace SecureStation.Core.Notary;

/// <summary>Asks a timestamp authority, over HTTP or over a session. Thread-safe.</summary>
public sealed class TimestampClient : IDisposable
{
    private const string QueryType = "application/timestamp-query";
    private const string ReplyType = "application/timestamp-reply";

    private readonly Uri? _uri;
    private readonly HttpClient? _http;
    private readonly SecureSession? _session;

    /// <summary>A client of an authority at an address.</summary>
    /// <param name="uri">http or https.</param>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: another kind of address.</exception>
    public TimestampClient(Uri uri)
    {
        ArgumentNullException.ThrowIfNull(uri);
        if (!uri.IsAbsoluteUri || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps))
        {
            throw new StationException(StationFault.InvalidArgument, $"A timestamp authority's address begins with http:// or https://; '{uri}' does not.");
        }

        _uri = uri;
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(15),
            MaxResponseHeadersLength = 16,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        })
        {
            MaxResponseContentBufferSize = TimeStampResponse.MaxSize,
            Timeout = Timeout.InfiniteTimeSpan, // the caller's token is the time-out
        };
    }

    /// <summary>A client of the notary at the other end of a session.</summary>
    public TimestampClient(SecureSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        _session = session;
    }

    /// <summary>Asks, and checks the answer: that it is the answer to this request, and that the token's signature holds.</summary>
    /// <param name="request">What to ask.</param>
    /// <param name="trust">What the token's certificate must be; null leaves trust to whoever verifies later.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="StationException">
    /// <see cref="StationFault.ConnectFailed"/>; <see cref="StationFault.UnknownService"/>: the peer is no notary;
    /// <see cref="StationFault.TimestampRejected"/>; the faults of <see cref="TimestampVerifier"/>.
    /// </exception>
    public async Task<StationTimestamp> RequestAsync(TimeStampRequest request, TimestampTrust? trust = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        byte[] answer = _session is null
            ? await PostAsync(request.ToBytes(), cancellationToken).ConfigureAwait(false)
            : await AskAsync(_session, request.ToBytes(), cancellationToken).ConfigureAwait(false);
        return Check(answer, request, trust);
    }

    /// <summary>Reads an answer and checks that it is that to a request.</summary>
    /// <inheritdoc cref="RequestAsync" path="/exception"/>
    public static StationTimestamp Check(ReadOnlyMemory<byte> answer, TimeStampRequest request, TimestampTrust? trust = null)
    {
        ArgumentNullException.ThrowIfNull(request);
        var response = TimeStampResponse.Parse(answer);
        TimeStampToken token = TimeStampToken.Parse(response.TokenBytes ?? throw TimestampErrors.Rejected(response));
        TimestampVerifier.RequireAnswer(token, request);
        if ((trust is null ? TimestampVerifier.VerifySignature(token) : TimestampVerifier.Verify(token, request.Hash.Span, trust)).Error is { } error)
        {
            throw error;
        }

        return new StationTimestamp(response, token);
    }

    /// <inheritdoc/>
    public void Dispose() => _http?.Dispose();

    private async Task<byte[]> PostAsync(byte[] query, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent(query);
        content.Headers.ContentType = new MediaTypeHeaderValue(QueryType);
        try
        {
            using HttpResponseMessage response = await _http!.PostAsync(_uri, content, cancellationToken).ConfigureAwait(false);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw new StationException(
                    StationFault.TimestampRejected,
                    $"{_uri} answered {(int)response.StatusCode} {response.ReasonPhrase} instead of a timestamp{DescribeRedirect(response)}.")
                { Subject = StationSubject.WebServer, Address = _uri!.Authority };
            }

            if (!string.Equals(response.Content.Headers.ContentType?.MediaType, ReplyType, StringComparison.OrdinalIgnoreCase))
            {
                throw new StationException(
                    StationFault.TimestampMalformed,
                    $"{_uri} answered with {response.Content.Headers.ContentType?.MediaType ?? "something without a type"}, not with {ReplyType}: it is no timestamp authority.")
                { Address = _uri!.Authority };
            }

            return await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException e)
        {
            bool isTooLarge = e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded;
            throw new StationException(
                isTooLarge ? StationFault.TimestampMalformed : StationFault.ConnectFailed,
                isTooLarge ? $"{_uri} answered with more than a timestamp response can be." : $"{_uri} cannot be reached: {DescribeCause(e)}",
                e)
            {
                Subject = isTooLarge ? StationSubject.None : e.InnerException is AuthenticationException ? StationSubject.Tls : StationSubject.WebServer,
                Address = _uri!.Authority,
            };
        }
    }

    // Not followed: whom to ask, and with what in the address, is the caller's decision.
    private string DescribeRedirect(HttpResponseMessage response)
    {
        const int Shown = 300;
        if (response.Headers.Location is not { } location || !Uri.TryCreate(_uri, location, out Uri? target))
        {
            return string.Empty;
        }

        string text = target.GetComponents(UriComponents.HttpRequestUrl, UriFormat.UriEscaped);
        return $"; it names another address, {(text.Length > Shown ? text[..Shown] + "…" : text)}, which is not followed";
    }

    // HttpClient says "see inner exception" of TLS, and of a connection that was cut off only that sending failed: the reason is the innermost.
    private static string DescribeCause(HttpRequestException e) => e.InnerException switch
    {
        null => e.Message,
        AuthenticationException => $"TLS failed: {e.GetBaseException().Message}",
        _ => e.GetBaseException().Message,
    };

    private static async Task<byte[]> AskAsync(SecureSession session, byte[] query, CancellationToken cancellationToken)
    {
        StationMessage answer = await session.Services.RequestAsync(OutgoingMessage.Service(NotaryService.Name, query), cancellationToken).ConfigureAwait(false);
        return answer.BodyBytes.ToArray();
    }
}
