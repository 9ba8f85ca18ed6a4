using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using SecureStation.Core.Notary;
using SecureStation.Core.Notary.Timestamps;

namespace SecureStation.Core.Tests.Notary;

/// <summary>The client against servers that are not ours.</summary>
public class TimestampClientTests
{
    private static readonly NetworkCredential s_login = new("alice", "s3cret-word");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("http://user:s3cret@host.example/path", "http://…@host.example/path")]
    [InlineData("https://s3cret@host.example", "https://…@host.example")]
    [InlineData("ftp://user:s3cret@host.example/a@b", "ftp://…@host.example/a@b")]
    [InlineData("user:s3cret@host.example/path", "…@host.example/path")]
    [InlineData("http://host.example/a@b?c=d@e", "http://host.example/a@b?c=d@e")]
    public void An_address_is_shown_without_its_login(string address, string shown) =>
        Assert.Equal(shown, WebAddress.Show(new Uri(address, UriKind.RelativeOrAbsolute)));

    [Theory]
    [InlineData("http://user:s3cret@127.0.0.1:1/")]
    [InlineData("https://user:s3cret@127.0.0.1:1/")]
    [InlineData("ftp://user:s3cret@127.0.0.1:1/")]
    [InlineData("user:s3cret@127.0.0.1:1/")]
    public async Task No_error_shows_the_login_of_an_address(string address)
    {
        StationException e = await Assert.ThrowsAsync<StationException>(async () =>
        {
            using var client = new TimestampClient(new Uri(address, UriKind.RelativeOrAbsolute));
            await client.RequestAsync(Request(), null, Token);
        });
        Assert.DoesNotContain("s3cret", e.ToString(), StringComparison.Ordinal);
        Assert.Contains("…@127.0.0.1", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_server_says_is_shown_harmless()
    {
        await using var server = new AnsweringServer(static _ => "HTTP/1.1 500 Oh\u001b]0;no\u0007\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
        StationException e = await FailsAsync(server.Uri);
        Assert.DoesNotContain(e.ToString(), static c => c is '\u001b' or '\u0007');

        await using var nonsense = new AnsweringServer(static _ => "HTTP/1.1 2\u001b[31m\r\n\r\n"u8.ToArray());
        Assert.DoesNotContain('\u001b', (await FailsAsync(nonsense.Uri)).ToString());
    }

    [Fact]
    public async Task A_redirect_is_named_and_not_followed()
    {
        await using var server = new AnsweringServer(static _ => "HTTP/1.1 302 Found\r\nLocation: http://user:s3cret@elsewhere.example/\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
        StationException e = await FailsAsync(server.Uri);
        Assert.Contains("http://elsewhere.example/", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", e.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, server.Requests);
    }

    [Fact]
    public async Task A_login_is_given_where_it_is_asked_for()
    {
        using var authority = new TimestampAuthority(new TimestampAuthorityOptions { Certificate = TestCertificates.Ecdsa });
        string expected = "Authorization: Basic " + Convert.ToBase64String("alice:s3cret-word"u8);
        await using var server = new AnsweringServer(request => request.Header.Contains(expected, StringComparison.OrdinalIgnoreCase)
            ? Reply(authority.RespondAsync(request.Body, Token).GetAwaiter().GetResult())
            : "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"notary\"\r\nContent-Length: 0\r\n\r\n"u8.ToArray());

        Assert.Contains("-Credential", (await FailsAsync(server.Uri)).Message, StringComparison.Ordinal);
        Assert.Equal(1, server.Requests);
        using var client = new TimestampClient(server.Uri, s_login, allowUnencrypted: true);
        await client.RequestAsync(Request(), TestCertificates.Trust, Token);

        using var wrong = new TimestampClient(server.Uri, new NetworkCredential("alice", "another-word"), allowUnencrypted: true);
        StationException e = await Assert.ThrowsAsync<StationException>(() => wrong.RequestAsync(Request(), null, Token));
        Assert.Equal(StationFault.TimestampRejected, e.Fault);
        Assert.DoesNotContain("another-word", e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_login_does_not_go_over_http_unless_it_may()
    {
        await using var server = new AnsweringServer(static _ => throw new InvalidOperationException("Nothing is asked."));
        StationAssert.Fails(StationFault.InvalidArgument, () => _ = new TimestampClient(server.Uri, s_login));
        using var overHttps = new TimestampClient(new Uri("https://host.example/"), s_login);
        Assert.Equal(0, server.Requests);
    }

    [Theory]
    [InlineData(900 * 1024, null)]
    [InlineData(1024 * 1024 + 1, StationFault.TimestampMalformed)]
    public async Task Answers_of_up_to_1_MiB_are_read(int size, StationFault? fault)
    {
        // A refusal whose text is that long, which an authority may send and nobody shows whole.
        byte[] answer = TimeStampResponse.WriteRejection(PkiFailureInfo.BadRequest, new string('x', size));
        await using var server = new AnsweringServer(_ => Reply(answer));
        StationException e = await FailsAsync(server.Uri);
        Assert.Equal(fault ?? StationFault.TimestampRejected, e.Fault);
        Assert.InRange(e.ToString().Length, 0, 10_000);
    }

    private static TimeStampRequest Request() => TimeStampRequest.Create(HashAlgorithmName.SHA256, SHA256.HashData("x"u8));

    private static async Task<StationException> FailsAsync(Uri uri)
    {
        using var client = new TimestampClient(uri);
        return await Assert.ThrowsAsync<StationException>(() => client.RequestAsync(Request(), null, Token));
    }

    private static byte[] Reply(byte[] body) =>
        [.. Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/timestamp-reply\r\nContent-Length: {body.Length}\r\n\r\n"), .. body];

    /// <summary>Answers each request with given bytes, one a connection.</summary>
    private sealed class AnsweringServer : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly Func<(string Header, byte[] Body), byte[]> _answer;
        private readonly Task _serving;
        private int _requests;

        public AnsweringServer(Func<(string Header, byte[] Body), byte[]> answer)
        {
            _answer = answer;
            _listener.Start();
            _serving = ServeAsync();
        }

        public Uri Uri => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

        public int Requests => _requests;

        public async ValueTask DisposeAsync()
        {
            _listener.Stop();
            await _serving;
        }

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    using TcpClient peer = await _listener.AcceptTcpClientAsync(Token);
                    await AnswerAsync(peer.GetStream());
                }
            }
            catch (Exception e) when (e is SocketException or InvalidOperationException or IOException)
            {
                // Stopped.
            }
        }

        private async Task AnswerAsync(NetworkStream stream)
        {
            var all = new List<byte>();
            byte[] buffer = new byte[16 * 1024];
            while (true)
            {
                int read = await stream.ReadAsync(buffer, Token);
                if (read == 0)
                {
                    return;
                }

                all.AddRange(buffer.AsSpan(0, read));
                string text = Encoding.Latin1.GetString([.. all]);
                int end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
                if (end > 0 && text.Split("Content-Length: ")[1].Split("\r\n")[0] is { } length && all.Count >= end + 4 + int.Parse(length, null))
                {
                    _requests++;
                    byte[] answer = _answer((text[..end], [.. all.Skip(end + 4)]));
                    int header = answer.AsSpan().IndexOf("\r\n\r\n"u8);
                    await stream.WriteAsync(answer.AsMemory(0, header), Token);
                    await stream.WriteAsync("\r\nConnection: close"u8.ToArray(), Token);
                    await stream.WriteAsync(answer.AsMemory(header), Token);
                    stream.Socket.Shutdown(SocketShutdown.Send);
                    _ = await stream.ReadAsync(buffer, Token);
                    return;
                }
            }
        }
    }
}
