using System.Security.Cryptography;
using SecureStation.Core;
using SecureStation.Core.Protocols;
using SecureStation.Core.Sessions;
using SecureStation.Core.Transport;

namespace SecureStation.Legacy.Chat;

/// <summary>
/// Carries the messages of a chat's handshake. The old programs send each with one <c>send</c> and read each with one <c>recv(N)</c>; this
/// writes each at once, reads on until a message is complete however TCP cut it, never more than N bytes, and keeps what came too much.
/// It also keeps the record that the transcript shows.
/// </summary>
internal sealed class ChatChannel(ITransport transport, bool isInitiator)
{
    private readonly List<ProtocolStep> _steps = [];
    private readonly IncrementalHash _transcript = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private byte[] _buffer = new byte[512];
    private int _length;

    /// <summary>Finds where a message ends: its length, or 0 while it is not complete.</summary>
    /// <exception cref="FormatException">It is not such a message.</exception>
    public delegate int MessageEnd(ReadOnlySpan<byte> received);

    /// <summary>The messages so far.</summary>
    public IReadOnlyList<ProtocolStep> Steps => _steps;

    /// <summary>What came beyond the handshake.</summary>
    public ReadOnlyMemory<byte> Rest => _buffer.AsMemory(0, _length);

    /// <summary>SHA-256 of the first four messages: the same on both sides, public, and a name for the session.</summary>
    public byte[] GetTranscriptHash() => _transcript.GetCurrentHash();

    /// <summary>Sends a message with one write.</summary>
    public async ValueTask WriteAsync(HandshakeStage stage, byte[] message, CancellationToken cancellationToken)
    {
        AddToTranscript(stage, message);
        try
        {
            await transport.WriteAsync(message, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw Failed(stage, $"the connection broke: {e.Message}", e);
        }
    }

    /// <summary>Reads a message.</summary>
    /// <param name="stage">For the error.</param>
    /// <param name="limit">The most bytes that it may have.</param>
    /// <param name="end">Finds its end.</param>
    /// <param name="cancellationToken">Bounds the wait.</param>
    /// <exception cref="StationException"><see cref="StationFault.HandshakeFailed"/> with the stage.</exception>
    public async ValueTask<byte[]> ReadAsync(HandshakeStage stage, int limit, MessageEnd end, CancellationToken cancellationToken)
    {
        int length;
        while ((length = FindEnd(stage, end)) == 0)
        {
            if (_length >= limit)
            {
                throw Failed(stage, $"the message is longer than {limit} bytes");
            }

            await ReadMoreAsync(stage, limit, cancellationToken).ConfigureAwait(false);
        }

        if (length > limit)
        {
            throw Failed(stage, $"the message is longer than {limit} bytes");
        }

        byte[] message = _buffer.AsSpan(0, length).ToArray();
        AddToTranscript(stage, message);
        _length -= length;
        _buffer.AsSpan(length, _length).CopyTo(_buffer);
        return message;
    }

    /// <summary>Notes a message that this side has sent, or the peer.</summary>
    public void Note(string name, bool isOwn, byte[] message, string meaning, params (string Name, string Value)[] secrets) =>
        _steps.Add(new ProtocolStep(
            _steps.Count + 1,
            name,
            isOwn == isInitiator,
            message,
            meaning,
            [.. secrets.Select(static secret => KeyValuePair.Create(secret.Name, secret.Value))]));

    /// <summary>Runs what reads a peer's value, and turns a malformed one into the failure of a stage.</summary>
    public static T Parse<T>(HandshakeStage stage, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (FormatException e)
        {
            throw Failed(stage, e.Message, e);
        }
    }

    /// <summary>Takes a place among the listener's sessions; only now, so that a client that stalls before keeps none.</summary>
    /// <exception cref="StationException"><see cref="StationFault.PeerRefused"/>: there is none left.</exception>
    public static void RequirePlace(HandshakeStage stage, IPendingConnection connection)
    {
        if (!connection.TryTakePlace())
        {
            throw new StationException(StationFault.PeerRefused, "The listener has as many sessions as it may have.") { Stage = stage };
        }
    }

    /// <summary>The failure of a stage.</summary>
    public static StationException Failed(HandshakeStage stage, string what, Exception? inner = null) =>
        new(StationFault.HandshakeFailed, $"The handshake failed at {stage}: {what}.", inner) { Stage = stage };

    // Not the fifth, a name in clear: nothing says where it ends, so the sides may see it differently.
    private void AddToTranscript(HandshakeStage stage, byte[] message)
    {
        if (stage != HandshakeStage.Message5)
        {
            _transcript.AppendData(message);
        }
    }

    private int FindEnd(HandshakeStage stage, MessageEnd end)
    {
        try
        {
            return _length == 0 ? 0 : end(_buffer.AsSpan(0, _length));
        }
        catch (FormatException e)
        {
            throw Failed(stage, e.Message, e);
        }
    }

    private async ValueTask ReadMoreAsync(HandshakeStage stage, int limit, CancellationToken cancellationToken)
    {
        if (_length == _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Min(2 * _buffer.Length, limit));
        }

        int read;
        try
        {
            read = await transport.ReadAsync(_buffer.AsMemory(_length), cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw Failed(stage, $"the connection broke: {e.Message}", e);
        }

        _length += read > 0 ? read : throw Failed(stage, "the peer closed the connection");
    }
}
