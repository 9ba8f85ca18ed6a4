using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;

namespace SecureStation.Core.Receipts;

/// <summary>A signed receipt that is asked for: what was sent, and what the receiver must say of it.</summary>
public sealed class ReceiptRequest
{
    private readonly SecureSession _session;
    private readonly ulong _id;
    private readonly MessageDigest _sent;
    private readonly string _handshakeHash;

    private ReceiptRequest(SecureSession session, ulong id, MessageDigest sent)
    {
        _session = session;
        _id = id;
        _sent = sent;
        _handshakeHash = Convert.ToHexStringLower(session.HandshakeHash.Span);
    }

    /// <summary>Asks for the receipt of a message that was sent on a session, and verifies it.</summary>
    /// <param name="session">The session.</param>
    /// <param name="id">The message's id, as <see cref="StationSession.SendAsync"/> gave it.</param>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="StationException">
    /// <see cref="StationFault.InvalidArgument"/>: the session's protocol has none; <see cref="StationFault.UnknownService"/>: the receiver signs none;
    /// <see cref="StationFault.NotAllowed"/>: not for this station; <see cref="StationFault.PeerRefused"/>; <see cref="StationFault.ReceiptMismatch"/>: what it
    /// signed is not what was sent, or the signature is wrong; the reasons of the session's end.
    /// </exception>
    public static Task<SignedReceipt> AskAsync(StationSession session, ulong id, OutgoingMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(message);
        return session is SecureSession secure
            ? new ReceiptRequest(secure, id, MessageDigest.Of(message)).AskAsync(cancellationToken)
            : throw new StationException(StationFault.InvalidArgument, $"The protocol {session.Protocol} has no signed receipts; the station's own has.");
    }

    private async Task<SignedReceipt> AskAsync(CancellationToken cancellationToken)
    {
        StationMessage answer;
        try
        {
            answer = await _session.Services.RequestAsync(ReceiptMessages.ToAsk(_id), cancellationToken).ConfigureAwait(false);
        }
        catch (StationException e) when (e.Fault == StationFault.UnknownService)
        {
            throw new StationException(e.Fault, "The receiver signs no receipts.", e) { Subject = StationSubject.Receipt, PeerHint = e.PeerHint };
        }

        return Read(answer);
    }

    private SignedReceipt Read(StationMessage answer)
    {
        if (!ReceiptMessages.TryReadReceipt(answer, out byte[] bytes, out byte[] signature))
        {
            throw Mismatch("what came is no receipt");
        }

        SignedReceipt receipt;
        try
        {
            receipt = new SignedReceipt(bytes, signature, _session.RemotePublicKey!);
        }
        catch (StationException e) when (e.Fault == StationFault.InvalidReceipt)
        {
            throw Mismatch("what came is no receipt");
        }

        ReceiptReport report = ReceiptVerifier.Verify(receipt, _session.RemotePublicKey!.Fingerprint);
        if (!report.IsValid)
        {
            throw Mismatch(string.Join(' ', report.Failed));
        }

        ReceiptStatement said = receipt.Statement;
        if (said.HandshakeHash != _handshakeHash && said.HandshakeHash != Convert.ToHexStringLower(_session.HandshakeHash.Span))
        {
            throw Mismatch("it names another connection");
        }

        // Time and connection are the receiver's to say; the rest is known here.
        ReceiptStatement expected = ReceiptStatement.Of(
            _session.Id, said.HandshakeHash, _session.Role, _session.LocalFingerprint!, _session.RemoteFingerprint!, _id, _sent, said.ReceivedAt);
        return said == expected ? receipt : throw Mismatch("it is for another message than was sent");
    }

    private StationException Mismatch(string why) => new(StationFault.ReceiptMismatch, $"The receipt of message {_id} does not hold: {why}.");
}
