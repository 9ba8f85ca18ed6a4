using System.Security.Cryptography;
using SecureStation.Legacy.Chat;

namespace SecureStation.Legacy.AesChat;

/// <summary>
/// The message cipher: one PyCrypto object for both directions, AES-128-CBC with <b>one</b> chaining value that encryption and
/// decryption share.
/// <code>
/// chain at the start       = key
/// after encrypting         = the last ciphertext block made
/// after decrypting         = the last ciphertext block read
/// </code>
/// So every message is chained to the one before it, whoever sent that. Where two cross, each side reads the other's with the wrong
/// chaining value: its first 16 bytes are garbage, and once more in the message after it; then both agree again.
/// Thread-safe.
/// </summary>
internal sealed class CbcChain : IDisposable
{
    /// <summary>Bytes of a block, of the key and of the chaining value.</summary>
    public const int BlockLength = 16;

    // The chaining value of a peer that has not read our last messages is the last block of some message before them, of either side.
    private const int MaxSeen = 64;

    private readonly Aes _aes = Aes.Create();
    private readonly Lock _gate = new();
    private readonly List<byte[]> _seen = [];
    private byte[] _chain;

    /// <summary>Begins a conversation.</summary>
    /// <param name="key">16 bytes; they are the first chaining value too.</param>
    public CbcChain(ReadOnlySpan<byte> key)
    {
        _aes.SetKey(key);
        _chain = key.ToArray();
        Remember(_chain);
    }

    /// <summary>The chaining value, for tests.</summary>
    internal byte[] Current
    {
        get
        {
            lock (_gate)
            {
                return [.. _chain];
            }
        }
    }

    /// <summary>Encrypts whole blocks.</summary>
    public byte[] Encrypt(ReadOnlySpan<byte> padded)
    {
        lock (_gate)
        {
            byte[] wire = _aes.EncryptCbc(padded, _chain, PaddingMode.None);
            Advance(wire);
            return wire;
        }
    }

    /// <summary>Decrypts whole blocks as the old programs do.</summary>
    public byte[] Decrypt(ReadOnlySpan<byte> wire)
    {
        lock (_gate)
        {
            byte[] padded = _aes.DecryptCbc(wire, _chain, PaddingMode.None);
            Advance(wire);
            return padded;
        }
    }

    /// <summary>
    /// Decrypts whole blocks without moving the chain: with its value, and if the first block is no text then, with each value that a
    /// peer may have whose message crossed ours.
    /// </summary>
    /// <param name="wire">Whole blocks, or nothing.</param>
    /// <param name="isText">Whether some value gave text. If not, the result is what the chain's own value gives.</param>
    public byte[] Peek(ReadOnlySpan<byte> wire, out bool isText)
    {
        isText = false;
        if (wire.IsEmpty)
        {
            return [];
        }

        lock (_gate)
        {
            byte[] padded = _aes.DecryptCbc(wire, _chain, PaddingMode.None);
            isText = PlainText.IsPlausible(padded.AsSpan(0, BlockLength), mayBeCut: true);
            if (isText)
            {
                return padded;
            }

            // The chaining value counts for the first block only.
            Span<byte> raw = stackalloc byte[BlockLength];
            Span<byte> first = stackalloc byte[BlockLength];
            _aes.DecryptEcb(wire[..BlockLength], raw, PaddingMode.None);
            for (int i = _seen.Count - 1; i >= 0 && !isText; i--)
            {
                for (int j = 0; j < BlockLength; j++)
                {
                    first[j] = (byte)(raw[j] ^ _seen[i][j]);
                }

                isText = PlainText.IsPlausible(first, mayBeCut: true);
            }

            if (isText)
            {
                first.CopyTo(padded);
            }

            return padded;
        }
    }

    /// <summary>Moves the chain as decrypting these blocks does.</summary>
    public void Accept(ReadOnlySpan<byte> wire)
    {
        lock (_gate)
        {
            Advance(wire);
        }
    }

    /// <summary>Notes bytes that went out in clear: an old client takes them for a message if they are whole blocks, and that spoils its chain.</summary>
    public void NoteClear(ReadOnlySpan<byte> clear)
    {
        if (clear.Length > 0 && clear.Length % BlockLength == 0)
        {
            lock (_gate)
            {
                Remember(clear[^BlockLength..]);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _aes.Dispose();
        CryptographicOperations.ZeroMemory(_chain);
    }

    private void Advance(ReadOnlySpan<byte> wire)
    {
        if (!wire.IsEmpty)
        {
            _chain = wire[^BlockLength..].ToArray();
            Remember(_chain);
        }
    }

    private void Remember(ReadOnlySpan<byte> block)
    {
        if (_seen.Count == MaxSeen)
        {
            _seen.RemoveAt(0);
        }

        _seen.Add(block.ToArray());
    }
}
