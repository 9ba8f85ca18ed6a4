using System.Security.Cryptography;
using System.Text;
using SecureStation.Core;
using SecureStation.Core.Notary.Legacy;
using SecureStation.Core.Transfers;
using SecureStation.Core.Transport;

namespace SecureStation.Legacy.DocumentNotary;

/// <summary>The old notary's first client: asks the server for a receipt, sends document and receipt to the second client.</summary>
internal static class FirstClient
{
    private const int MaxVerdict = 16;

    public static async Task<DocumentReceipt> RequestAsync(DocumentReceiptRequest request, CancellationToken cancellationToken)
    {
        var own = (NotaryRsaKey)request.KeyPair;
        using NotaryRsaKey server = NotaryRsaKey.ReadPublic(request.ServerPublicKeyPath);
        string hash = NotaryText.Hash(NotaryText.WithoutLineFeeds(request.Document.Span));
        byte[] plain = NotaryText.Join(Encoding.UTF8.GetBytes(request.Id), Encoding.ASCII.GetBytes(hash));
        byte[] wire = NotaryConnection.ToBase64(server.Encrypt(plain, "The request"));
        byte[] answer = await ExchangeAsync(request.Host, request.Port, wire, own.WireLength, static _ => false, cancellationToken).ConfigureAwait(false);
        return Read(answer, hash, own, server);
    }

    public static async Task<DocumentVerdict> SendAsync(DocumentForward forward, CancellationToken cancellationToken)
    {
        DocumentCipher.RequirePassword(forward.Password.Length);
        byte[] document = NotaryText.WithoutLineFeeds(forward.Document.Span);
        if (document.AsSpan().IndexOf(NotaryText.Delimiter) >= 0)
        {
            throw new StationException(StationFault.InvalidArgument, "The document holds the delimiter <!>, at which the old receiver would stop.");
        }

        byte[] text = NotaryText.Join(document, Encoding.ASCII.GetBytes(forward.Receipt.TimestampText), forward.Receipt.ToBytes());
        byte[] wire = NotaryConnection.ToBase64(DocumentCipher.Encrypt(text, forward.Password.Span, RandomNumberGenerator.GetBytes(DocumentCipher.IvSize)));
        if (wire.Length > DocumentCipher.MaxWire)
        {
            throw new StationException(
                StationFault.MessageTooLarge, $"The message would be {wire.Length} characters, and the old receiver reads {DocumentCipher.MaxWire}: with this signature a document has {MaxDocument(forward.Receipt)} bytes at most.");
        }

        byte[] answer = await ExchangeAsync(forward.Host, forward.Port, wire, MaxVerdict, IsVerdict, cancellationToken).ConfigureAwait(false);
        return Encoding.ASCII.GetString(answer) switch
        {
            "True" => new DocumentVerdict { IsValid = true },
            "False" => new DocumentVerdict { IsValid = false, Fault = nameof(StationFault.TimestampSignatureInvalid), Message = "The receiver answered False." },
            "0" => new DocumentVerdict { IsValid = false, Fault = nameof(StationFault.TimestampSignatureInvalid), Message = "The receiver answered 0: the signature is not of its server's length." },
            _ => throw new StationException(StationFault.ProtocolError, "The receiver's answer is not True, False or 0."),
        };
    }

    private static DocumentReceipt Read(byte[] answer, string hash, NotaryRsaKey own, NotaryRsaKey server)
    {
        if (NotaryConnection.FromBase64(answer) is not { } ciphertext || ciphertext.Length != own.ModulusSize || own.Decrypt(ciphertext) is not { } plain)
        {
            throw new StationException(StationFault.ProtocolError, "The server's answer was not encrypted for this client.");
        }

        // At most twice from the left: hash and stamp cannot hold the delimiter, the signature can.
        if (!NotaryText.TrySplit(plain, out ReadOnlySpan<byte> signedHash, out ReadOnlySpan<byte> rest)
            || !NotaryText.TrySplit(rest, out ReadOnlySpan<byte> stamp, out ReadOnlySpan<byte> signature)
            || stamp.Length != NotaryText.StampLength)
        {
            throw new StationException(StationFault.ProtocolError, "The server's answer is not a hash, a time and a signature.");
        }

        if (!signedHash.SequenceEqual(Encoding.ASCII.GetBytes(hash)))
        {
            throw new StationException(StationFault.TimestampImprintMismatch, "The receipt that came is of another document.");
        }

        SignatureCoverage coverage = NotarySignature.Examine(server, signedHash, stamp, signature);
        return coverage != SignatureCoverage.None
            ? new DocumentReceipt(hash, Printable(stamp), signature, coverage)
            : throw new StationException(StationFault.TimestampSignatureInvalid, "The receipt's signature is not the server's, or over something else.");
    }

    private static async Task<byte[]> ExchangeAsync(
        string host, int port, byte[] message, int max, Func<ReadOnlyMemory<byte>, bool> isComplete, CancellationToken cancellationToken)
    {
        await using TcpTransport transport = await TcpTransport.ConnectAsync(host, port, cancellationToken).ConfigureAwait(false);
        await NotaryConnection.WriteAsync(transport, message, cancellationToken).ConfigureAwait(false);
        return await NotaryConnection.ReadAsync(transport, max, isComplete, cancellationToken).ConfigureAwait(false);
    }

    private static bool IsVerdict(ReadOnlyMemory<byte> answer) =>
        answer.Span.SequenceEqual("True"u8) || answer.Span.SequenceEqual("False"u8) || answer.Span.SequenceEqual("0"u8);

    // 1,519 bytes of text, less two delimiters, stamp and signature.
    private static int MaxDocument(DocumentReceipt receipt) =>
        (DocumentCipher.MaxWire / 4 * 3 / DocumentCipher.IvSize * DocumentCipher.IvSize) - DocumentCipher.IvSize - 1
        - (2 * NotaryText.Delimiter.Length) - NotaryText.StampLength - receipt.ToBytes().Length;

    private static string Printable(ReadOnlySpan<byte> stamp) => string.Concat(Encoding.Latin1.GetString(stamp).Select(static c => c is >= ' ' and <= '~' ? c : '?'));
}
