using SecureStation.Core;
using SecureStation.Core.Protocols;

namespace SecureStation.Legacy.Chat;

/// <summary>
/// The RSA key pair of a client or listener: read at once where it comes from a file, so that a mistake shows at once; else made in the
/// background, which takes seconds for 4096 bits.
/// </summary>
internal sealed class ChatKey
{
    private readonly Task<TextbookRsaKeyPair> _key;

    public ChatKey(LegacyOptions options)
    {
        TextbookRsaKeyPair.RequireSize(options.KeySize);
        if (options.KeyPath is { } path && options.KeySize != 0)
        {
            throw new StationException(StationFault.InvalidArgument, $"The key in '{path}' has its own size; a key size is for a key that is made.");
        }

        _key = options.KeyPath is null
            ? Task.Run(() => TextbookRsaKeyPair.Generate(options.KeySize))
            : Task.FromResult(TextbookRsaKeyPair.FromFile(options.KeyPath));
    }

    /// <summary>Uses a key that is there already.</summary>
    public ChatKey(TextbookRsaKeyPair key) => _key = Task.FromResult(key);

    /// <summary>The key, as soon as there is one.</summary>
    public Task<TextbookRsaKeyPair> GetAsync(CancellationToken cancellationToken) => _key.WaitAsync(cancellationToken);
}
