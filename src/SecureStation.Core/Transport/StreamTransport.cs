using System.Net.Security;
using System.Net.Sockets;

namespace SecureStation.Core.Transport;

/// <summary>
/// A .NET stream, or one to read and one to write, as a transport: a named pipe, the standard streams of a process, a TLS or serial connection.
/// It owns the streams.
/// </summary>
public sealed class StreamTransport : ITransport
{
    private readonly Stream _input;
    private readonly Stream _output;

    /// <summary>Takes over a stream that reads and writes.</summary>
    public StreamTransport(Stream stream, string name = "stream")
        : this(stream, stream, name)
    {
    }

    /// <summary>Takes over a stream to read from and one to write to.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: one cannot be read, or the other not be written.</exception>
    public StreamTransport(Stream input, Stream output, string name = "stream")
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(output);
        if (!input.CanRead || !output.CanWrite)
        {
            throw new StationException(StationFault.InvalidArgument, !input.CanRead ? "The stream cannot be read." : "The stream cannot be written.");
        }

        _input = input;
        _output = output;
        LocalAddress = RemoteAddress = name;
    }

    /// <inheritdoc/>
    public string LocalAddress { get; }

    /// <inheritdoc/>
    public string RemoteAddress { get; }

    /// <inheritdoc/>
    public bool CanCompleteWrites => _output != _input || _output is NetworkStream or SslStream;

    /// <inheritdoc/>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await _input.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (IsBroken(e))
        {
            throw Broken(e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        try
        {
            await _output.WriteAsync(data, cancellationToken).ConfigureAwait(false);
            await _output.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (IsBroken(e))
        {
            throw Broken(e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask CompleteWritesAsync()
    {
        try
        {
            switch (_output)
            {
                case NetworkStream network:
                    network.Socket.Shutdown(SocketShutdown.Send);
                    break;
                case SslStream tls:
                    await tls.ShutdownAsync().ConfigureAwait(false);
                    break;
                case var output when output != _input:
                    await output.DisposeAsync().ConfigureAwait(false);
                    break;
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The peer is gone already; there is nobody left to tell.
        }
    }

    /// <inheritdoc/>
    public void Abort()
    {
        foreach (Stream stream in new[] { _output, _input })
        {
            try
            {
                stream.Dispose();
            }
            catch (IOException)
            {
                // What could not be flushed is lost: that is what Abort means.
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Abort();
        return ValueTask.CompletedTask;
    }

    private static bool IsBroken(Exception e) => e is ObjectDisposedException or SocketException or InvalidOperationException or NotSupportedException;

    private static IOException Broken(Exception e) => new($"The stream broke: {e.Message}", e);
}
