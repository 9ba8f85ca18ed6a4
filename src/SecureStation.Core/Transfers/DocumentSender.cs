using System.Globalization;
using System.Security.Cryptography;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;

namespace SecureStation.Core.Transfers;

/// <summary>Sends documents with their timestamps over a session; the peer verifies on arrival.</summary>
public static class DocumentSender
{
    // The other script may be a moment late with its Receive-StationDocument.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <summary>Sends a document and waits for the peer's verdict.</summary>
    /// <param name="session">The session.</param>
    /// <param name="name">The document's file name, without a folder.</param>
    /// <param name="document">Its content, from the current position; it must be seekable.</param>
    /// <param name="timestamp">The content of its <c>.tsr</c> file.</param>
    /// <param name="progress">Is told the bytes sent so far.</param>
    /// <param name="cancellationToken">Ends the transfer; the peer drops it.</param>
    /// <exception cref="StationException">
    /// <see cref="StationFault.UnknownService"/>: the peer takes no documents; <see cref="StationFault.MalformedBody"/>; the session's end.
    /// </exception>
    /// <exception cref="IOException">The document cannot be read.</exception>
    public static async Task<DocumentVerdict> SendAsync(
        SecureSession session, string name, Stream document, ReadOnlyMemory<byte> timestamp, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(document);
        KeyValuePair<string, string> transfer = new(DocumentService.Transfer, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));
        long size = document.Length - document.Position;
        OutgoingMessage begin = DocumentService.Message(
            DocumentService.Begin,
            timestamp,
            inReplyTo: 0,
            transfer,
            new(DocumentService.FileName, name),
            new(DocumentService.Size, size.ToString(CultureInfo.InvariantCulture)));
        StationMessage answer = await BeginAsync(session, begin, cancellationToken).ConfigureAwait(false);
        if (answer.GetHeader(DocumentService.Step) == DocumentService.Verdict)
        {
            return DocumentVerdict.Parse(answer.BodyBytes);
        }

        for (long sent = 0; sent < size;)
        {
            // A buffer of its own for each part: a message's body must not change until the peer has it.
            var part = new byte[(int)Math.Min(DocumentService.PartSize, size - sent)];
            await document.ReadExactlyAsync(part, cancellationToken).ConfigureAwait(false);
            await session.SendAsync(DocumentService.Message(DocumentService.Part, part, inReplyTo: 0, transfer), cancellationToken).ConfigureAwait(false);
            sent += part.Length;
            progress?.Report(sent);
        }

        answer = await session.Services.RequestAsync(DocumentService.Message(DocumentService.End, default, inReplyTo: 0, transfer), cancellationToken).ConfigureAwait(false);
        return DocumentVerdict.Parse(answer.BodyBytes);
    }

    private static async Task<StationMessage> BeginAsync(SecureSession session, OutgoingMessage begin, CancellationToken cancellationToken)
    {
        long started = Environment.TickCount64;
        while (true)
        {
            try
            {
                return await session.Services.RequestAsync(begin, cancellationToken).ConfigureAwait(false);
            }
            catch (StationException e) when (e.Fault == StationFault.UnknownService && Environment.TickCount64 - started < s_patience.TotalMilliseconds)
            {
                await Task.Delay(100, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
