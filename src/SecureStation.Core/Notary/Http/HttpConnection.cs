using System.Globalization;
using System.Text;
using SecureStation.Core.Transport;

namespace SecureStation.Core.Notary.Http;

/// <summary>
/// Reads requests and writes responses on one connection: as much of HTTP/1.1 (RFC 9112) as a timestamp authority needs, with every
/// length and wait bounded.
/// </summary>
internal sealed class HttpConnection(ITransport transport, HttpLimits limits)
{
    private const int DrainLimit = 256 * 1024;
    private const int MaxLine = 1024;
    private static readonly TimeSpan s_drainTime = TimeSpan.FromSeconds(1);

    private readonly byte[] _buffer = new byte[limits.MaxHeader];
    private int _filled;
    private bool _isHead;

    /// <summary>The next request's body, and whether another may follow; null where the client has no more.</summary>
    /// <exception cref="HttpException">The request gets this status instead.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public async Task<(byte[] Body, bool KeepAlive)?> ReadAsync(CancellationToken cancellationToken)
    {
        if (!await WaitForFirstByteAsync(cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(limits.RequestTimeout);
        try
        {
            HttpHeader header = await ReadHeaderAsync(deadline.Token).ConfigureAwait(false);
            if (header.ExpectsContinue && _filled < (header.IsChunked ? 1 : header.BodyLength))
            {
                await transport.WriteAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray(), deadline.Token).ConfigureAwait(false);
            }

            byte[] body = header.IsChunked
                ? await ReadChunksAsync(deadline.Token).ConfigureAwait(false)
                : await ReadBodyAsync(header.BodyLength, deadline.Token).ConfigureAwait(false);
            return (body, header.KeepAlive);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HttpException(408, "Request Timeout");
        }
    }

    /// <summary>Writes a response with a body.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    public Task WriteAsync(string contentType, ReadOnlyMemory<byte> body, bool keepAlive, CancellationToken cancellationToken) =>
        WriteAsync(200, "OK", $"Content-Type: {contentType}\r\n", body, isBodySent: true, keepAlive, cancellationToken);

    /// <summary>
    /// Writes the status of a request that was refused (to HEAD without the text: RFC 9110, 9.3.2), and reads on a little: to close with
    /// unread bytes would make TCP throw away what was just sent.
    /// </summary>
    public async Task WriteErrorAsync(HttpException error, CancellationToken cancellationToken)
    {
        string header = "Content-Type: text/plain\r\n" + (error.Header is null ? "" : error.Header + "\r\n");
        byte[] text = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{error.Status} {error.Message}\n"));
        await WriteAsync(error.Status, error.Message, header, text, isBodySent: !_isHead, keepAlive: false, cancellationToken).ConfigureAwait(false);
        await transport.CompleteWritesAsync().ConfigureAwait(false);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(s_drainTime);
        try
        {
            int read;
            for (int total = 0; total < DrainLimit && (read = await transport.ReadAsync(_buffer, deadline.Token).ConfigureAwait(false)) > 0; total += read)
            {
            }
        }
        catch (OperationCanceledException)
        {
            // It had its second.
        }
    }

    private async Task WriteAsync(int status, string reason, string header, ReadOnlyMemory<byte> body, bool isBodySent, bool keepAlive, CancellationToken cancellationToken)
    {
        string head = string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 {status} {reason}\r\nDate: {DateTimeOffset.UtcNow:R}\r\n{header}Content-Length: {body.Length}\r\nConnection: {(keepAlive ? "keep-alive" : "close")}\r\n\r\n");
        byte[] response = isBodySent ? [.. Encoding.ASCII.GetBytes(head), .. body.Span] : Encoding.ASCII.GetBytes(head);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(limits.ResponseTimeout);
        await transport.WriteAsync(response, deadline.Token).ConfigureAwait(false);
    }

    private async Task<bool> WaitForFirstByteAsync(CancellationToken cancellationToken)
    {
        if (_filled > 0)
        {
            return true;
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(limits.IdleTimeout);
        try
        {
            _filled = await transport.ReadAsync(_buffer, deadline.Token).ConfigureAwait(false);
            return _filled > 0;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task<HttpHeader> ReadHeaderAsync(CancellationToken cancellationToken)
    {
        await SkipEmptyLineAsync(cancellationToken).ConfigureAwait(false);
        if (!HttpHeader.CanBegin(_buffer[0]))
        {
            // TLS, for one: who speaks it would else wait for the end of a header that never comes.
            throw new HttpException(400, "Bad Request");
        }

        int scanned = 0;
        while (true)
        {
            int end = _buffer.AsSpan(scanned, _filled - scanned).IndexOf("\r\n\r\n"u8);
            if (end >= 0)
            {
                _isHead = _buffer.AsSpan().StartsWith("HEAD "u8);
                HttpHeader header = HttpHeader.Parse(_buffer.AsSpan(0, scanned + end), limits.MaxBody);
                Consume(scanned + end + 4);
                return header;
            }

            scanned = Math.Max(0, _filled - 3);
            if (_filled == _buffer.Length)
            {
                throw new HttpException(431, "Request Header Fields Too Large");
            }

            await ReadMoreAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    // RFC 9112, 2.2: old clients send an empty line after a body.
    private async Task SkipEmptyLineAsync(CancellationToken cancellationToken)
    {
        while (_filled == 1 && _buffer[0] == (byte)'\r')
        {
            await ReadMoreAsync(cancellationToken).ConfigureAwait(false);
        }

        if (_buffer.AsSpan(0, _filled).StartsWith("\r\n"u8))
        {
            Consume(2);
        }

        if (_filled == 0)
        {
            await ReadMoreAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<byte[]> ReadBodyAsync(int length, CancellationToken cancellationToken)
    {
        var body = new byte[length];
        int have = Math.Min(length, _filled);
        _buffer.AsSpan(0, have).CopyTo(body);
        Consume(have);
        while (have < length)
        {
            int read = await transport.ReadAsync(body.AsMemory(have), cancellationToken).ConfigureAwait(false);
            have += read > 0 ? read : throw new HttpException(400, "Bad Request");
        }

        return body;
    }

    // chunk = size in hex [; extension] CRLF data CRLF; the last has size 0; then trailers, which nobody here needs, and an empty line.
    private async Task<byte[]> ReadChunksAsync(CancellationToken cancellationToken)
    {
        var body = new List<byte>();
        int overhead = 0;
        while (true)
        {
            string line = await ReadLineAsync(cancellationToken).ConfigureAwait(false);
            string size = line.Split(';')[0].TrimEnd(' ', '\t');
            if (size.Length is 0 or > 8 || !int.TryParse(size, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int length) || length < 0)
            {
                throw new HttpException(400, "Bad Request");
            }

            if (length > limits.MaxBody - body.Count)
            {
                throw new HttpException(413, "Content Too Large");
            }

            if (length == 0)
            {
                break;
            }

            body.AddRange(await ReadBodyAsync(length, cancellationToken).ConfigureAwait(false));
            RequireBounded(line);
            if ((await ReadLineAsync(cancellationToken).ConfigureAwait(false)).Length > 0)
            {
                throw new HttpException(400, "Bad Request");
            }
        }

        while (await ReadLineAsync(cancellationToken).ConfigureAwait(false) is { Length: > 0 } trailer)
        {
            RequireBounded(trailer);
        }

        return [.. body];

        // A body of single bytes with long extensions would be small and take for ever.
        void RequireBounded(string line)
        {
            overhead += line.Length + 4;
            if (overhead > limits.MaxBody + limits.MaxHeader)
            {
                throw new HttpException(413, "Content Too Large");
            }
        }
    }

    private async Task<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        int end;
        while ((end = _buffer.AsSpan(0, _filled).IndexOf("\r\n"u8)) < 0)
        {
            if (_filled >= MaxLine)
            {
                throw new HttpException(400, "Bad Request");
            }

            await ReadMoreAsync(cancellationToken).ConfigureAwait(false);
        }

        string line = Encoding.Latin1.GetString(_buffer, 0, end);
        Consume(end + 2);
        return line;
    }

    private async Task ReadMoreAsync(CancellationToken cancellationToken)
    {
        int read = await transport.ReadAsync(_buffer.AsMemory(_filled), cancellationToken).ConfigureAwait(false);
        _filled += read > 0 ? read : throw new HttpException(400, "Bad Request");
    }

    private void Consume(int count)
    {
        _filled -= count;
        Buffer.BlockCopy(_buffer, count, _buffer, 0, _filled);
    }
}
