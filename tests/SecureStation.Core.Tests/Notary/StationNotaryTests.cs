using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using SecureStation.Core.Keys;
using SecureStation.Core.Notary;
using SecureStation.Core.Notary.Timestamps;

namespace SecureStation.Core.Tests.Notary;

/// <summary>The notary over HTTP: what is not a request gets its status, and nobody disturbs another.</summary>
public class StationNotaryTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GARBAGE\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nContent-Type: application/timestamp-query\r\nContent-Length: 1\r\n\r\nx", 400)] // no Host
    [InlineData("POST / HTTP/2.0\r\nHost: a\r\n\r\n", 505)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n", 405)]
    [InlineData("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n", 405)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 1\r\n\r\nx", 415)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx", 415)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/timestamp-query\r\n\r\n", 411)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/timestamp-query\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/timestamp-query\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.0\r\nContent-Type: application/timestamp-query\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/timestamp-query\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/timestamp-query\r\nTransfer-Encoding: chunked\r\n\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/timestamp-query\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/timestamp-query\r\nTransfer-Encoding: chunked\r\n\r\n7fffffff\r\n", 413)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/timestamp-query\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/timestamp-query\r\nTransfer-Encoding: chunked\r\n\r\n4001\r\n", 413)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/timestamp-query\r\nContent-Length: 999999999999\r\n\r\n", 413)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/timestamp-query\r\nContent-Length: -1\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/timestamp-query\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost : a\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nExpect: miracles\r\nContent-Type: application/timestamp-query\r\nContent-Length: 1\r\n\r\nx", 417)]
    public async Task What_is_no_request_gets_its_status(string request, int status)
    {
        await using StationNotary notary = Start();
        Assert.StartsWith($"HTTP/1.1 {status} ", await Exchange(notary, request), StringComparison.Ordinal);
        Assert.Equal(1, notary.HttpRefused);
        await RequireWorks(notary);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(10_000)]
    public async Task Requests_may_come_in_chunks(int size)
    {
        await using StationNotary notary = Start();
        TimeStampRequest request = Request();
        string chunks = string.Concat(request.ToBytes().Chunk(size).Select(static chunk => $"{chunk.Length:X};ext=\"1\"\r\n{Encoding.Latin1.GetString(chunk)}\r\n")) + "0\r\nTrailer: x\r\n\r\n";
        const string Header = "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/timestamp-query\r\nTransfer-Encoding: chunked\r\n";
        string answers = await Exchange(notary, Encoding.Latin1.GetBytes($"{Header}\r\n{chunks}{Header}Connection: close\r\n\r\n{chunks}"));
        Assert.Equal(3, answers.Split("HTTP/1.1 200 OK").Length);
        TimestampClient.Check(Encoding.Latin1.GetBytes(answers[(answers.LastIndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]), request, TestCertificates.Trust);
        Assert.Equal(2, notary.Granted);
    }

    [Fact]
    public async Task Chunks_are_bounded_as_other_bodies_are()
    {
        await using StationNotary notary = Start();
        const string Header = "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/timestamp-query\r\nTransfer-Encoding: chunked\r\n\r\n";
        string small = string.Concat(Enumerable.Repeat("1;" + new string('x', 900) + "\r\na\r\n", 100));
        string trailers = "0\r\n" + string.Concat(Enumerable.Repeat("t: " + new string('x', 900) + "\r\n", 100));
        foreach (string body in new[] { "3000\r\n" + new string('a', 0x3000) + "\r\n1001\r\n", small, trailers })
        {
            Assert.StartsWith("HTTP/1.1 413 ", await Exchange(notary, Header + body), StringComparison.Ordinal);
        }

        Assert.StartsWith("HTTP/1.1 400 ", await Exchange(notary, Header + "1;" + new string('x', 2000)), StringComparison.Ordinal);
        await RequireWorks(notary);
    }

    [Fact]
    public void The_certificate_of_an_authority_signs_no_timestamps()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Both", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.8")], critical: true));
        using X509Certificate2 plain = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        new TimestampAuthority(new TimestampAuthorityOptions { Certificate = plain }).Dispose();

        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, critical: true));
        using X509Certificate2 authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        StationAssert.Fails(StationFault.TimestampCertificateUnsuitable, () => new TimestampAuthority(new TimestampAuthorityOptions { Certificate = authority }).Dispose());
    }

    [Fact]
    public async Task Head_is_answered_without_content()
    {
        await using StationNotary notary = Start();
        string answer = await Exchange(notary, "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 405 ", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nDate: ", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_become_a_request_is_not_waited_for()
    {
        await using StationNotary notary = Start();
        byte[] clientHello = [0x16, 3, 1, 2, 0, 1];
        Assert.StartsWith("HTTP/1.1 400 ", await Exchange(notary, clientHello), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Empty_line_before_a_request_is_ignored()
    {
        await using StationNotary notary = Start();
        Assert.StartsWith("HTTP/1.1 405 ", await Exchange(notary, "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Headers_are_bounded()
    {
        await using StationNotary notary = Start();
        Assert.StartsWith("HTTP/1.1 431 ", await Exchange(notary, "POST / HTTP/1.1\r\nX: " + new string('a', 100_000)), StringComparison.Ordinal);
        await RequireWorks(notary);
    }

    [Fact]
    public async Task Slow_clients_get_a_timeout_and_disturb_nobody()
    {
        await using StationNotary notary = Start(TimeSpan.FromMilliseconds(400));
        using var slow = new TcpClient();
        await slow.ConnectAsync(IPAddress.Loopback, notary.Port, Token);
        NetworkStream stream = slow.GetStream();
        Task<string> answer = new StreamReader(stream, Encoding.Latin1).ReadToEndAsync(Token);
        foreach (char c in "POST / HTTP/1.1\r\nHost: slow")
        {
            await RequireWorks(notary);
            if (answer.IsCompleted)
            {
                break;
            }

            await stream.WriteAsync(new[] { (byte)c }, Token);
            await Task.Delay(40, Token);
        }

        Assert.StartsWith("HTTP/1.1 408 ", await answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Garbage_in_the_right_wrapping_gets_a_failure_info()
    {
        await using StationNotary notary = Start();
        using var http = new HttpClient();
        using var content = new ByteArrayContent(RandomNumberGenerator.GetBytes(500));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/timestamp-query");
        using HttpResponseMessage response = await http.PostAsync(notary.Uri, content, Token);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(PkiFailureInfo.BadDataFormat, TimeStampResponse.Parse(await response.Content.ReadAsByteArrayAsync(Token)).FailureInfo);
    }

    [Fact]
    public async Task Connections_stay_open_and_requests_may_be_pipelined()
    {
        await using StationNotary notary = Start();
        byte[] query = Request().ToBytes();
        byte[] head = Encoding.ASCII.GetBytes($"POST /tsa HTTP/1.1\r\nHost: a\r\nContent-Type: Application/Timestamp-Query; x=y\r\nContent-Length: {query.Length}\r\n");
        string answers = await Exchange(notary, [.. head, .. "\r\n"u8, .. query, .. head, .. "Expect: 100-continue\r\nConnection: close\r\n\r\n"u8, .. query]);
        Assert.Equal(3, answers.Split("HTTP/1.1 200 OK").Length);
        Assert.Equal(2, notary.Granted);
    }

    [Fact]
    public async Task Many_clients_at_once_are_all_served_and_logged()
    {
        using var folder = new TemporaryFolder();
        await using StationNotary notary = StationNotary.Start(new StationNotaryOptions
        {
            Authority = new TimestampAuthorityOptions { Certificate = TestCertificates.Ecdsa },
            LogPath = folder.File("notary.log"),
        });
        using var client = new TimestampClient(notary.Uri!);
        StationTimestamp[] all = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => client.RequestAsync(Request(), TestCertificates.Trust, Token)));
        Assert.Equal(200, all.Select(one => one.SerialNumber).Distinct().Count());
        Core.Notary.Log.NotaryLogReport report = new Core.Notary.Log.NotaryLogVerifier(notary.LogHead).AddAll(notary.Log!.Read()).Finish();
        Assert.True(report.IsValid, report.ToString());
        Assert.Equal(200, report.EntryCount);
        Assert.Equal(Core.Notary.Log.NotaryLogTail.Reached, report.Tail);
    }

    [Fact]
    public async Task Too_many_connections_drop_the_oldest()
    {
        await using StationNotary notary = StationNotary.Start(new StationNotaryOptions
        {
            Authority = new TimestampAuthorityOptions { Certificate = TestCertificates.Ecdsa },
            MaxConnections = 4,
        });
        var idle = new List<TcpClient>();
        for (int i = 0; i < 12; i++)
        {
            idle.Add(new TcpClient());
            await idle[^1].ConnectAsync(IPAddress.Loopback, notary.Port, Token);
        }

        await RequireWorks(notary);
        Assert.Equal(0, await idle[0].GetStream().ReadAsync(new byte[1], Token).AsTask().ContinueWith(read => read.IsFaulted ? 0 : read.Result, TaskScheduler.Default));
        idle.ForEach(static one => one.Dispose());
    }

    [Fact]
    public async Task Stop_ends_connections_and_the_port()
    {
        StationNotary notary = Start();
        int port = notary.Port;
        using var idle = new TcpClient();
        await idle.ConnectAsync(IPAddress.Loopback, port, Token);
        await notary.StopAsync();
        Assert.False(notary.IsListening);
        using var client = new TimestampClient(new Uri($"http://127.0.0.1:{port}/"));
        StationException failure = await Assert.ThrowsAsync<StationException>(() => client.RequestAsync(Request(), null, Token));
        Assert.Equal(StationFault.ConnectFailed, failure.Fault);
    }

    [Theory]
    [InlineData("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", StationFault.TimestampRejected)]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", StationFault.TimestampRejected)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi", StationFault.TimestampMalformed)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: application/timestamp-reply\r\nContent-Length: 2\r\n\r\nhi", StationFault.TimestampMalformed)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: application/timestamp-reply\r\nContent-Length: 100000000\r\n\r\nhi", StationFault.TimestampMalformed)]
    [InlineData("nonsense\r\n\r\n", StationFault.ConnectFailed)]
    public async Task Client_refuses_what_is_no_answer(string answer, StationFault fault)
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        Task serving = Task.Run(
            async () =>
            {
                using TcpClient peer = await server.AcceptTcpClientAsync(Token);
                _ = await peer.GetStream().ReadAsync(new byte[4096], Token);
                await peer.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer), Token);
                await Task.Delay(300, Token);
            },
            Token);
        using var client = new TimestampClient(new Uri($"http://127.0.0.1:{((IPEndPoint)server.LocalEndpoint).Port}/"));
        StationException failure = await Assert.ThrowsAsync<StationException>(() => client.RequestAsync(Request(), null, Token));
        Assert.True(failure.Fault == fault, failure.ToString());
        await serving;
    }

    [Fact]
    public void Certificates_are_made_for_timestamps_alone()
    {
        StationAssert.Fails(StationFault.InvalidArgument, () => NotaryCertificate.Create("no name", StationKeyAlgorithm.EcdsaP256, 0, DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(1)));
        StationAssert.Fails(StationFault.InvalidArgument, () => NotaryCertificate.Create("CN=a", StationKeyAlgorithm.Ed25519, 0, DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(1)));
        StationAssert.Fails(StationFault.InvalidArgument, () => NotaryCertificate.Create("CN=a", StationKeyAlgorithm.Rsa, 1024, DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(1)));
        StationAssert.Fails(StationFault.InvalidArgument, () => NotaryCertificate.Create("CN=a", StationKeyAlgorithm.EcdsaP256, 0, DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddYears(50), TestCertificates.Authority));
        Assert.True(TestCertificates.Rsa.HasPrivateKey);
        Assert.Equal(TestCertificates.Authority.Subject, TestCertificates.Rsa.Issuer);
    }

    private static StationNotary Start(TimeSpan? requestTimeout = null) => StationNotary.Start(new StationNotaryOptions
    {
        Authority = new TimestampAuthorityOptions { Certificate = TestCertificates.Ecdsa },
        RequestTimeout = requestTimeout ?? TimeSpan.FromSeconds(10),
    });

    private static TimeStampRequest Request() => TimeStampRequest.Create(HashAlgorithmName.SHA256, SHA256.HashData("x"u8));

    private static async Task RequireWorks(StationNotary notary)
    {
        using var client = new TimestampClient(notary.Uri!);
        await client.RequestAsync(Request(), TestCertificates.Trust, Token);
    }

    private static Task<string> Exchange(StationNotary notary, string request) => Exchange(notary, Encoding.ASCII.GetBytes(request));

    private static async Task<string> Exchange(StationNotary notary, byte[] request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, notary.Port, Token);
        await client.GetStream().WriteAsync(request, Token);
        return await new StreamReader(client.GetStream(), Encoding.Latin1).ReadToEndAsync(Token);
    }
}
