using SecureStation.Core.Mailboxes;

namespace SecureStation.Nats;

/// <summary>What is larger than a message, in pieces: <c>station.part.BOX.NAME.N</c>. A piece is forgotten by an empty one in its place.</summary>
internal sealed class NatsObjects(NatsServer server, int pieceLength) : IMailObjects
{
    /// <inheritdoc/>
    public async Task PutAsync(string box, string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        for (int part = 0; part < Pieces(content.Length); part++)
        {
            byte[] piece = content.Slice(part * pieceLength, Math.Min(pieceLength, content.Length - (part * pieceLength))).ToArray();
            await server.PublishAsync(StationStreams.PartSubject(box, name, part), piece, null, null, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async Task<byte[]?> FindAsync(string box, string name, int length, CancellationToken cancellationToken)
    {
        byte[] content = new byte[length];
        int filled = 0;
        for (int part = 0; filled < length; part++)
        {
            if (await server.FindLastAsync(StationStreams.Parts, StationStreams.PartSubject(box, name, part), cancellationToken).ConfigureAwait(false) is not { Body: { Length: > 0 } piece }
                || piece.Length > length - filled)
            {
                return null;
            }

            piece.CopyTo(content, filled);
            filled += piece.Length;
        }

        return content;
    }

    /// <inheritdoc/>
    public async Task RemoveAsync(string box, string name, int length, CancellationToken cancellationToken)
    {
        for (int part = 0; part < Pieces(length); part++)
        {
            await server.PublishAsync(StationStreams.PartSubject(box, name, part), [], null, null, cancellationToken).ConfigureAwait(false);
        }
    }

    private int Pieces(int length) => (length + pieceLength - 1) / pieceLength;
}
