using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using SecureStation.Core.Notary;
using SecureStation.Core.Notary.Timestamps;

namespace SecureStation.Core.Tests.Notary;

/// <summary>What a client of a notary says where it got no timestamp: the reason, and not that there is one.</summary>
public sealed class TimestampClientErrorTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("https://elsewhere.example/tsa", "https://elsewhere.example/tsa")]
    [InlineData("/new", "http://127.0.0.1:{0}/new")]
    [InlineData("https://me:secret@elsewhere.example/", "https://elsewhere.example/")]
    public async Task A_redirect_names_where_to_and_is_not_followed(string location, string shown)
    {
        StationException e = await Ask(stream => stream.WriteAsync(
            Encoding.ASCII.GetBytes($"HTTP/1.1 301 Moved Permanently\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"), Token).AsTask());
        Assert.Equal(StationFault.TimestampRejected, e.Fault);
        Assert.Contains("301", e.Message, StringComparison.Ordinal);
        int port = new Uri("http://" + e.Address).Port;
        Assert.Contains("another address, " + string.Format(null, shown, port) + ",", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_of_any_length_makes_a_short_message()
    {
        StationException e = await Ask(stream => stream.WriteAsync(
            Encoding.ASCII.GetBytes($"HTTP/1.1 302 Found\r\nLocation: /{new string('a', 9000)}\r\nContent-Length: 0\r\n\r\n"), Token).AsTask());
        Assert.InRange(e.Message.Length, 100, 600);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: application/timestamp-reply\r\nContent-Length: 100\r\n\r\nhalf")]
    public async Task A_connection_that_is_cut_off_says_so(string answer)
    {
        StationException e = await Ask(stream => stream.WriteAsync(Encoding.ASCII.GetBytes(answer), Token).AsTask());
        Assert.Equal(StationFault.ConnectFailed, e.Fault);
        Assert.Equal(StationSubject.WebServer, e.Subject);
        Assert.Contains("ended prematurely", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tls_certificate_that_is_not_trusted_is_the_reason()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 made = new CertificateRequest("CN=nobody", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
        StationException e = await Ask(
            async stream =>
            {
                using var tls = new SslStream(stream, leaveInnerStreamOpen: true);
                await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, Token);
                _ = await tls.ReadAsync(new byte[1], Token);
            },
            "https");
        Assert.Equal(StationFault.ConnectFailed, e.Fault);
        Assert.Equal(StationSubject.Tls, e.Subject);
        Assert.Contains("certificate", e.Message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("inner exception", e.Message, StringComparison.Ordinal);
    }

    // A server that takes one connection, reads the beginning of what comes, answers and closes.
    private static async Task<StationException> Ask(Func<NetworkStream, Task> answer, string scheme = "http")
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        Task serving = Serve();
        using var client = new TimestampClient(new Uri($"{scheme}://127.0.0.1:{((IPEndPoint)server.LocalEndpoint).Port}/"));
        TimeStampRequest request = TimeStampRequest.Create(HashAlgorithmName.SHA256, new byte[32]);
        StationException e = await Assert.ThrowsAsync<StationException>(() => client.RequestAsync(request, cancellationToken: Token));
        await serving;
        return e;

        async Task Serve()
        {
            using Socket socket = await server.AcceptSocketAsync(Token);
            using var stream = new NetworkStream(socket);
            if (scheme == "http")
            {
                _ = await stream.ReadAsync(new byte[4096], Token);
            }

            try
            {
                await answer(stream);
            }
            catch (Exception refused) when (refused is IOException or System.Security.Authentication.AuthenticationException)
            {
                // The client has gone: that is what is tested.
            }

            socket.Shutdown(SocketShutdown.Send);
        }
    }
}
