using System.Globalization;
using SecureStation.Core.Notary.Timestamps;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;

namespace SecureStation.Core.Transfers;

/// <summary>
/// The second client: takes documents with timestamps from a session, verifies them as they arrive, answers with a verdict, and keeps
/// those that hold. One receiver a session.
/// </summary>
public sealed class DocumentReceiver : IDisposable
{
    private const int MaxTransfers = 4;

    private readonly SecureSession _session;
    private readonly DocumentReceiverOptions _options;
    private readonly Dictionary<string, IncomingDocument> _transfers = new(StringComparer.Ordinal);

    /// <summary>Switches the service on: from now on the peer can send.</summary>
    public DocumentReceiver(SecureSession session, DocumentReceiverOptions options)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(options);
        _session = session;
        _options = options;
        session.Services.SwitchOn(DocumentService.Name);
    }

    /// <summary>Waits until a document is there, or was refused, and the peer has the verdict.</summary>
    /// <exception cref="StationException">The session has ended.</exception>
    public async Task<ReceivedDocument> ReceiveAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            StationMessage message = await _session.Services.ReceiveAsync(DocumentService.Name, cancellationToken).ConfigureAwait(false);
            if (await TakeAsync(message, cancellationToken).ConfigureAwait(false) is { } document)
            {
                return document;
            }
        }
    }

    /// <summary>Switches the service off and drops what is on its way.</summary>
    public void Dispose()
    {
        _session.Services.SwitchOff(DocumentService.Name);
        foreach (IncomingDocument document in _transfers.Values)
        {
            document.Dispose();
        }

        _transfers.Clear();
    }

    private async Task<ReceivedDocument?> TakeAsync(StationMessage message, CancellationToken cancellationToken)
    {
        string transfer = message.GetHeader(DocumentService.Transfer) ?? string.Empty;
        _transfers.TryGetValue(transfer, out IncomingDocument? document);
        try
        {
            switch (message.GetHeader(DocumentService.Step))
            {
                case DocumentService.Begin:
                    Begin(message, transfer);
                    await AnswerAsync(message, DocumentService.Go, default, cancellationToken).ConfigureAwait(false);
                    return null;
                case DocumentService.Part:
                    document?.Add(message.BodyBytes.Span);
                    message.RecycleBody();
                    return null;
                case DocumentService.End when document is not null:
                    (TimestampReport report, string? path) = document.Finish();
                    return await EndAsync(message, transfer, document, path, DocumentVerdict.Of(report), report, cancellationToken).ConfigureAwait(false);
                default:
                    throw new StationException(StationFault.ProtocolError, "The message belongs to no transfer.");
            }
        }
        catch (StationException e) when (_session.EndReason is null)
        {
            return await EndAsync(message, transfer, document, path: null, DocumentVerdict.Of(e), report: null, cancellationToken).ConfigureAwait(false);
        }
    }

    private void Begin(StationMessage message, string transfer)
    {
        if (transfer.Length != 32 || _transfers.ContainsKey(transfer))
        {
            throw new StationException(StationFault.ProtocolError, "The transfer's id is not a new one of 32 digits.");
        }

        if (_transfers.Count >= MaxTransfers)
        {
            throw new StationException(StationFault.ProtocolError, $"{MaxTransfers} documents are on their way already.");
        }

        if (!long.TryParse(message.GetHeader(DocumentService.Size), NumberStyles.None, CultureInfo.InvariantCulture, out long size))
        {
            throw new StationException(StationFault.ProtocolError, "The document's size is missing.");
        }

        _transfers[transfer] = IncomingDocument.Begin(_options, message.GetHeader(DocumentService.FileName), size, message.BodyBytes.ToArray());
    }

    // A part is not answered: what was wrong with it is said at the end, for which the transfer is then unknown.
    private async Task<ReceivedDocument?> EndAsync(
        StationMessage message, string transfer, IncomingDocument? document, string? path, DocumentVerdict verdict, TimestampReport? report, CancellationToken cancellationToken)
    {
        _transfers.Remove(transfer);
        string name = document?.Name ?? ForeignText.Show(message.GetHeader(DocumentService.FileName), DocumentService.MaxFileName);
        long length = document?.Length ?? 0;
        document?.Dispose();
        if (message.GetHeader(DocumentService.Step) == DocumentService.Part)
        {
            return null;
        }

        await AnswerAsync(message, DocumentService.Verdict, verdict.Encode(), cancellationToken).ConfigureAwait(false);
        return new ReceivedDocument(_session, name, length, path, verdict, report);
    }

    private async Task AnswerAsync(StationMessage message, string step, ReadOnlyMemory<byte> body, CancellationToken cancellationToken) =>
        await _session.SendAsync(DocumentService.Message(step, body, message.Id), cancellationToken).ConfigureAwait(false);
}
