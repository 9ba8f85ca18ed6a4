using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;
using SecureStation.Core.Messages;
using SecureStation.Core.Notary.Timestamps;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;

namespace SecureStation.Core.Notary;

/// <summary>Asks a timestamp authority, over HTTP or over a session. Thread-safe.</summary>
public sealed class TimestampClient : IDisposable
{
    private const string QueryType = "application/timestamp-query";
    private const string ReplyType = "application/timestamp-reply";

    private readonly Uri? _uri;
    private readonly string _shown = string.Empty;
    private readonly HttpClient? _http;
    private readonly SecureSession? _session;

    /// <summary>A client of an authority at an address.</summary>
    /// <param name="uri">http or https. A login in it is not used.</param>
    /// <param name="credential">The login to give where the authority asks for one (Basic, RFC 7617).</param>
    /// <param name="allowUnencrypted">Whether it may be given over http, where everybody on the way can read it.</param>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: another kind of address, or a login that would go over http.</exception>
    public TimestampClient(Uri uri, NetworkCredential? credential = null, bool allowUnencrypted = false)
    {
        ArgumentNullException.ThrowIfNull(uri);
        _shown = WebAddress.Show(uri);
        if (!uri.IsAbsoluteUri || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps))
        {
            throw new StationException(StationFault.InvalidArgument, $"A timestamp authority's address begins with http:// or https://; '{_shown}' does not.");
        }

        if (credential is not null && uri.Scheme == Uri.UriSchemeHttp && !allowUnencrypted)
        {
            throw new StationException(
                StationFault.InvalidArgument,
                $"Over http everybody on the way to {_shown} could read the login; use https, or -AllowUnencryptedAuthentication where you know the way.");
        }

        _uri = uri;
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            Credentials = credential is null ? null : new CredentialCache { { new Uri(uri.GetLeftPart(UriPartial.Authority)), "Basic", credential } },
            PreAuthenticate = true,
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
                throw Refused(response);
            }

            string? type = response.Content.Headers.ContentType?.MediaType;
            if (!string.Equals(type, ReplyType, StringComparison.OrdinalIgnoreCase))
            {
                throw new StationException(
                    StationFault.TimestampMalformed,
                    $"{_shown} answered with {(type is null ? "something without a type" : ForeignText.Show(type, 64))}, not with {ReplyType}: it is no timestamp authority.")
                { Address = _uri!.Authority };
            }

            return await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException e)
        {
            bool isTooLarge = e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded;
            string reason = DescribeCause(e);
            throw new StationException(
                isTooLarge ? StationFault.TimestampMalformed : StationFault.ConnectFailed,
                isTooLarge ? $"{_shown} answered with more than a timestamp response can be." : $"{_shown} cannot be reached: {reason}",
                new IOException(reason))
            {
                Subject = isTooLarge ? StationSubject.None : e.InnerException is AuthenticationException ? StationSubject.Tls : StationSubject.WebServer,
                Address = _uri!.Authority,
            };
        }
    }

    private StationException Refused(HttpResponseMessage response)
    {
        string login = response.StatusCode == HttpStatusCode.Unauthorized ? "; it asks for a login: give one with -Credential, or another one" : string.Empty;
        return new StationException(
            StationFault.TimestampRejected,
            $"{_shown} answered {(int)response.StatusCode} {ForeignText.Show(response.ReasonPhrase, 64)} instead of a timestamp{login}{DescribeRedirect(response)}.")
        { Subject = StationSubject.WebServer, Address = _uri!.Authority };
    }

    // Not followed: whom to ask, and with what in the address, is the caller's decision.
    private string DescribeRedirect(HttpResponseMessage response) =>
        response.Headers.Location is { } location && Uri.TryCreate(_uri, location, out Uri? target)
            ? $"; it names another address, {ForeignText.Show(target.GetComponents(UriComponents.HttpRequestUrl, UriFormat.UriEscaped), 300)}, which is not followed"
            : string.Empty;

    // HttpClient says "see inner exception" of TLS, and of a connection that was cut off only that sending failed: the reason is the innermost.
    // As text and not as that exception, whose own holds what the server sent.
    private static string DescribeCause(HttpRequestException e) => ForeignText.Show(
        e.InnerException switch
        {
            null => e.Message,
            AuthenticationException => $"TLS failed: {e.GetBaseException().Message}",
            _ => e.GetBaseException().Message,
        },
        512);

    private static async Task<byte[]> AskAsync(SecureSession session, byte[] query, CancellationToken cancellationToken)
    {
        StationMessage answer = await session.Services.RequestAsync(OutgoingMessage.Service(NotaryService.Name, query), cancellationToken).ConfigureAwait(false);
        return answer.BodyBytes.ToArray();
    }
}
