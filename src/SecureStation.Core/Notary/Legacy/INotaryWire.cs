using SecureStation.Core.Transfers;

namespace SecureStation.Core.Notary.Legacy;

/// <summary>
/// The old document notary on the wire: three parties over TCP, of whom nobody is authenticated, with keys that may be short and a password
/// that is an AES key. For old peers; the notary of RFC 3161 (<see cref="StationNotary"/>) is the one that proves something.
/// </summary>
public interface INotaryWire
{
    /// <summary>Its name.</summary>
    string Protocol { get; }

    /// <summary>Reads a private key: PEM of RSA 1024 to 4096 bits, PKCS#8 or PKCS#1, also encrypted as PyCrypto does it (3DES).</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/> or <see cref="StationFault.WrongPassphrase"/>.</exception>
    LegacyKeyPair ReadKeyPair(ReadOnlySpan<char> pem, ReadOnlySpan<char> passphrase);

    /// <summary>Starts the server.</summary>
    /// <exception cref="StationException"><see cref="StationFault.ListenFailed"/>, <see cref="StationFault.InvalidArgument"/>, <see cref="StationFault.NotFound"/>: no such folder of keys.</exception>
    INotaryServer Start(DocumentNotaryOptions options);

    /// <summary>As the first client, has the server sign a document's hash and the time.</summary>
    /// <exception cref="StationException">
    /// <see cref="StationFault.ConnectFailed"/>; <see cref="StationFault.Truncated"/>: the server closed without an answer;
    /// <see cref="StationFault.InvalidKey"/>: a key is too short for what it has to carry; <see cref="StationFault.ProtocolError"/>;
    /// <see cref="StationFault.TimestampImprintMismatch"/>; <see cref="StationFault.TimestampSignatureInvalid"/>.
    /// </exception>
    Task<DocumentReceipt> RequestAsync(DocumentReceiptRequest request, CancellationToken cancellationToken = default);

    /// <summary>As the first client, sends document and receipt to the second client.</summary>
    /// <returns>Its verdict.</returns>
    /// <exception cref="StationException">
    /// <see cref="StationFault.ConnectFailed"/>; <see cref="StationFault.Truncated"/>; <see cref="StationFault.MessageTooLarge"/>: the old
    /// receiver reads 2,048 bytes; <see cref="StationFault.InvalidArgument"/>.
    /// </exception>
    Task<DocumentVerdict> SendAsync(DocumentForward document, CancellationToken cancellationToken = default);

    /// <summary>As the second client, takes documents, verifies them and answers.</summary>
    /// <exception cref="StationException"><see cref="StationFault.ListenFailed"/>, <see cref="StationFault.InvalidArgument"/>, <see cref="StationFault.InvalidKey"/>.</exception>
    ILegacyDocumentReceiver StartReceiver(LegacyReceiverOptions options);
}
