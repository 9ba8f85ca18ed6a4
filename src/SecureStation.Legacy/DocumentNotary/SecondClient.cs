using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using SecureStation.Core;
using SecureStation.Core.Listening;
using SecureStation.Core.Notary.Legacy;
using SecureStation.Core.Transport;

namespace SecureStation.Legacy.DocumentNotary;

/// <summary>
/// The old notary's second client: takes a document with its receipt, verifies, answers <c>True</c>, <c>False</c>, or <c>0</c> where the
/// signature is not of its server's length.
/// </summary>
internal sealed class SecondClient : ILegacyDocumentReceiver
{
    private const int MaxWaiting = 256;

    // How long the rest of a message may take that looks unfinished: the original has no end mark.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private readonly LegacyReceiverOptions _options;
    private readonly NotaryRsaKey _server;
    private readonly byte[] _password;
    private readonly ConnectionServer _connections;
    private readonly Channel<LegacyDocument> _documents = Channel.CreateBounded<LegacyDocument>(new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropOldest });

    private SecondClient(LegacyReceiverOptions options)
    {
        _options = options;
        _server = NotaryRsaKey.ReadPublic(options.ServerPublicKeyPath);
        _password = options.Password.ToArray();
        try
        {
            _connections = ConnectionServer.Start(options.Address, options.Port, options.MaxConnections, ServeAsync);
        }
        catch
        {
            Release();
            throw;
        }
    }

    public int Port => _connections.EndPoints[0].Port;

    public static SecondClient Start(LegacyReceiverOptions options)
    {
        DocumentCipher.RequirePassword(options.Password.Length);
        return new SecondClient(options);
    }

    public async Task<LegacyDocument> ReceiveAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return await _documents.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException e)
        {
            throw new StationException(StationFault.SessionClosed, "The receiver was stopped.", e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _connections.DisposeAsync().ConfigureAwait(false);
        _documents.Writer.TryComplete();
        Release();
    }

    private async Task ServeAsync(ITransport transport, CancellationToken stop)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
        deadline.CancelAfter(_options.RequestTimeout);
        LegacyDocument document = Judge(await ReadAsync(transport, deadline.Token).ConfigureAwait(false), transport.RemoteAddress);
        await NotaryConnection.WriteAsync(transport, Encoding.ASCII.GetBytes(document.VerdictText), deadline.Token).ConfigureAwait(false);
        _documents.Writer.TryWrite(document);
        await NotaryConnection.FinishAsync(transport).ConfigureAwait(false);
    }

    // A message is complete when it decrypts into the three fields; one that never does is judged after a moment.
    private async Task<byte[]> ReadAsync(ITransport transport, CancellationToken cancellationToken)
    {
        byte[] latest = [];
        using var quiet = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            return await NotaryConnection.ReadAsync(
                transport,
                DocumentCipher.MaxWire,
                received =>
                {
                    latest = received.ToArray();
                    quiet.CancelAfter(s_patience);
                    return Open(latest) is { } text && NotaryText.TrySplitDocument(text, _server.ModulusSize, out _, out _, out _);
                },
                quiet.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return latest;
        }
    }

    private byte[]? Open(ReadOnlySpan<byte> wire) =>
        wire.Length % 4 == 0 && NotaryConnection.FromBase64(wire) is { } message ? DocumentCipher.Decrypt(message, _password) : null;

    private LegacyDocument Judge(ReadOnlySpan<byte> wire, string remoteAddress)
    {
        byte[]? text = Open(wire);
        if (text is null)
        {
            return new LegacyDocument([], string.Empty, SignatureCoverage.None, "False", remoteAddress);
        }

        if (!NotaryText.TrySplitDocument(text, _server.ModulusSize, out ReadOnlySpan<byte> document, out ReadOnlySpan<byte> stamp, out ReadOnlySpan<byte> signature))
        {
            bool isOtherLength = NotaryText.TrySplit(text, out document, out ReadOnlySpan<byte> rest) && NotaryText.TrySplit(rest, out _, out signature) && signature.Length != _server.ModulusSize;
            return new LegacyDocument(document, string.Empty, SignatureCoverage.None, isOtherLength ? "0" : "False", remoteAddress);
        }

        SignatureCoverage coverage = NotarySignature.Examine(_server, Encoding.ASCII.GetBytes(NotaryText.Hash(document)), stamp, signature);
        bool isAccepted = coverage == SignatureCoverage.Empty ? _options.AcceptEmptyHash : coverage != SignatureCoverage.None;
        string stampText = string.Concat(Encoding.Latin1.GetString(stamp).Select(static c => c is >= ' ' and <= '~' ? c : '?'));
        return new LegacyDocument(document, stampText, coverage, isAccepted ? "True" : "False", remoteAddress);
    }

    private void Release()
    {
        _server.Dispose();
        CryptographicOperations.ZeroMemory(_password);
    }
}
