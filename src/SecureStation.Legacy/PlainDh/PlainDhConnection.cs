using System.Text;
using SecureStation.Core;
using SecureStation.Core.Transport;

namespace SecureStation.Legacy.PlainDh;

/// <summary>Reads and writes the messages of the old program on a transport.</summary>
internal sealed class PlainDhConnection(ITransport transport)
{
    private readonly PlainDhBuffer _received = new();

    /// <summary>What came and was not understood, for people; a moment is waited for the rest of it.</summary>
    internal async Task<string> ReadRestAsync(TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience);
        try
        {
            while (!_received.Free.IsEmpty)
            {
                await ReceiveAsync(limit.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is StationException or OperationCanceledException)
        {
            // The end of it.
        }

        return _received.Text;
    }

    /// <summary>Reads a word; false where something else came.</summary>
    /// <exception cref="StationException"><see cref="StationFault.Truncated"/>: the peer hung up.</exception>
    internal async Task<bool> TryReadWordAsync(string word, CancellationToken cancellationToken)
    {
        ReadProgress progress;
        while ((progress = _received.TakeWord(word)) == ReadProgress.Incomplete)
        {
            await ReceiveAsync(cancellationToken).ConfigureAwait(false);
        }

        return progress == ReadProgress.Complete;
    }

    /// <summary>Whether what came already, if anything, can be the beginning of a word.</summary>
    internal bool MayContinueWith(string word) => _received.PeekWord(word) != ReadProgress.Wrong;

    /// <summary>Reads a PEM block; null where something else came, or no end of it in as many bytes as a message may have.</summary>
    /// <exception cref="StationException"><see cref="StationFault.Truncated"/>: the peer hung up.</exception>
    internal async Task<byte[]?> TryReadPemAsync(CancellationToken cancellationToken)
    {
        // A refusal is text with no PEM in it; it must not be waited out.
        while (_received.PeekWord(PlainDhText.PemStart) is var start && start != ReadProgress.Complete)
        {
            if (start == ReadProgress.Wrong)
            {
                return null;
            }

            await ReceiveAsync(cancellationToken).ConfigureAwait(false);
        }

        byte[] pem;
        ReadProgress progress;
        while ((progress = _received.TakePem(out pem)) == ReadProgress.Incomplete)
        {
            await ReceiveAsync(cancellationToken).ConfigureAwait(false);
        }

        return progress == ReadProgress.Complete ? pem : null;
    }

    /// <summary>Sends a message with one write: the old program reads what one segment brings.</summary>
    /// <exception cref="StationException"><see cref="StationFault.Truncated"/>: the peer is gone.</exception>
    internal async Task SendAsync(string message, CancellationToken cancellationToken)
    {
        try
        {
            await transport.WriteAsync(Encoding.ASCII.GetBytes(message), cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw HungUp(e);
        }
    }

    /// <summary>
    /// Ends the sending side and waits a moment for the peer's end: to close with unread bytes would make TCP throw away
    /// what was just sent.
    /// </summary>
    internal async Task CloseAsync(TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience);
        byte[] scratch = new byte[256];
        try
        {
            await transport.CompleteWritesAsync().ConfigureAwait(false);
            for (int i = 0; i < 64 && await transport.ReadAsync(scratch, limit.Token).ConfigureAwait(false) > 0; i++)
            {
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The peer is gone or does not close; nothing more is to be said to it.
        }

        await transport.DisposeAsync().ConfigureAwait(false);
    }

    private async Task ReceiveAsync(CancellationToken cancellationToken)
    {
        int count;
        try
        {
            count = await transport.ReadAsync(_received.Free, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw HungUp(e);
        }

        if (count == 0)
        {
            throw HungUp(null);
        }

        _received.Advance(count);
    }

    private StationException HungUp(Exception? inner) =>
        new(StationFault.Truncated, "The peer hung up in the middle of the Diffie-Hellman exchange.", inner) { Address = transport.RemoteAddress };
}
