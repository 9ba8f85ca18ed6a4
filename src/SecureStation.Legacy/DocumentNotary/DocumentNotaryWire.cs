using SecureStation.Core;
using SecureStation.Core.Notary;
using SecureStation.Core.Notary.Legacy;
using SecureStation.Core.Transfers;

namespace SecureStation.Legacy.DocumentNotary;

/// <summary>The document notary of the old program, byte for byte (docs/protocol/document-notary.md). Insecure.</summary>
public sealed class DocumentNotaryWire : INotaryWire
{
    /// <summary>The protocol's name.</summary>
    public const string Name = "DocumentNotary";

    /// <inheritdoc/>
    public string Protocol => Name;

    /// <inheritdoc/>
    public LegacyKeyPair ReadKeyPair(ReadOnlySpan<char> pem, ReadOnlySpan<char> passphrase) => PyCryptoKeyFile.Read(pem, passphrase);

    /// <inheritdoc/>
    public INotaryServer Start(DocumentNotaryOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        RequireOwn(options.KeyPair);
        return NotaryServer.Start(options);
    }

    /// <inheritdoc/>
    public Task<DocumentReceipt> RequestAsync(DocumentReceiptRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        RequireOwn(request.KeyPair);
        return FirstClient.RequestAsync(request, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<DocumentVerdict> SendAsync(DocumentForward document, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(document);
        return FirstClient.SendAsync(document, cancellationToken);
    }

    /// <inheritdoc/>
    public ILegacyDocumentReceiver StartReceiver(LegacyReceiverOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return SecondClient.Start(options);
    }

    private static void RequireOwn(LegacyKeyPair keyPair)
    {
        if (keyPair is not NotaryRsaKey)
        {
            throw new StationException(StationFault.InvalidKey, $"The key pair is of the protocol {keyPair.Protocol}.");
        }
    }
}
