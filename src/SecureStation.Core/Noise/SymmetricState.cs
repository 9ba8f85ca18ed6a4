using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using SecureStation.Core.Noise.Primitives;

namespace SecureStation.Core.Noise;

/// <summary>
/// The specification's SymmetricState (<see href="https://noiseprotocol.org/noise.html#the-symmetricstate-object">section 5.2</see>):
/// a CipherState, the chaining key ck and the handshake hash h.
/// </summary>
internal sealed class SymmetricState : IDisposable
{
    private readonly HashFunction _hash;
    private readonly string _cipherName;
    private readonly CipherState _cipherState;
    private readonly byte[] _ck;
    private readonly byte[] _h;

    /// <summary>InitializeSymmetric(protocol_name).</summary>
    public SymmetricState(ProtocolName protocol)
    {
        _hash = protocol.HashFunction;
        _cipherName = protocol.Cipher;
        _cipherState = new CipherState(_cipherName);
        _h = new byte[_hash.HashLength];
        byte[] name = Encoding.ASCII.GetBytes(protocol.Name);
        if (name.Length <= _h.Length)
        {
            name.CopyTo(_h, 0);
        }
        else
        {
            _hash.Hash(name, _h);
        }

        _ck = [.. _h];
    }

    /// <summary>GetHandshakeHash(): h as it stands. It is public: everything in it went over the wire or was known.</summary>
    public ReadOnlySpan<byte> HandshakeHash => _h;

    /// <summary>MixKey(input_key_material).</summary>
    public void MixKey(ReadOnlySpan<byte> inputKeyMaterial)
    {
        Span<byte> buffer = stackalloc byte[HashFunction.MaxHashLength];
        Span<byte> tempKey = buffer[.._hash.HashLength];
        _hash.Hkdf(_ck, inputKeyMaterial, _ck, tempKey);
        _cipherState.InitializeKey(tempKey[..AeadCipher.KeyLength]);
        CryptographicOperations.ZeroMemory(buffer);
    }

    /// <summary>MixHash(data): h = HASH(h ‖ data).</summary>
    public void MixHash(ReadOnlySpan<byte> data)
    {
        int length = _h.Length + data.Length;
        byte[] input = ArrayPool<byte>.Shared.Rent(length);
        _h.CopyTo(input, 0);
        data.CopyTo(input.AsSpan(_h.Length));
        _hash.Hash(input.AsSpan(0, length), _h);
        CryptographicOperations.ZeroMemory(input.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(input);
    }

    /// <summary>MixKeyAndHash(input_key_material), for psk tokens.</summary>
    public void MixKeyAndHash(ReadOnlySpan<byte> inputKeyMaterial)
    {
        Span<byte> buffer = stackalloc byte[2 * HashFunction.MaxHashLength];
        Span<byte> tempHash = buffer[.._hash.HashLength];
        Span<byte> tempKey = buffer.Slice(_hash.HashLength, _hash.HashLength);
        _hash.Hkdf(_ck, inputKeyMaterial, _ck, tempHash, tempKey);
        MixHash(tempHash);
        _cipherState.InitializeKey(tempKey[..AeadCipher.KeyLength]);
        CryptographicOperations.ZeroMemory(buffer);
    }

    /// <summary>EncryptAndHash(plaintext): writes the plaintext as it is while there is no key, ciphertext and tag afterwards.</summary>
    public int EncryptAndHash(ReadOnlySpan<byte> plaintext, Span<byte> output)
    {
        int length = plaintext.Length;
        if (_cipherState.HasKey)
        {
            length = _cipherState.EncryptWithAd(_h, plaintext, output);
        }
        else
        {
            plaintext.CopyTo(output);
        }

        MixHash(output[..length]);
        return length;
    }

    /// <summary>DecryptAndHash(ciphertext): the reverse. The output must not overlap the ciphertext.</summary>
    /// <exception cref="CryptographicException">The ciphertext is not genuine.</exception>
    public int DecryptAndHash(ReadOnlySpan<byte> ciphertext, Span<byte> output)
    {
        int length = ciphertext.Length;
        if (_cipherState.HasKey)
        {
            length = _cipherState.DecryptWithAd(_h, ciphertext, output);
        }
        else
        {
            ciphertext.CopyTo(output);
        }

        MixHash(ciphertext);
        return length;
    }

    /// <summary>
    /// Split(): the CipherStates for initiator to responder and back. The first two outputs of HKDF are the same whether two or three
    /// are asked for; the third is a secret of its own from which other keys can be derived (exportSecret, HASHLEN bytes).
    /// </summary>
    public (CipherState ToResponder, CipherState ToInitiator) Split(Span<byte> exportSecret)
    {
        Span<byte> buffer = stackalloc byte[2 * HashFunction.MaxHashLength];
        Span<byte> tempKey1 = buffer[.._hash.HashLength];
        Span<byte> tempKey2 = buffer.Slice(_hash.HashLength, _hash.HashLength);
        _hash.Hkdf(_ck, [], tempKey1, tempKey2, exportSecret);
        var toResponder = new CipherState(_cipherName);
        var toInitiator = new CipherState(_cipherName);
        toResponder.InitializeKey(tempKey1[..AeadCipher.KeyLength]);
        toInitiator.InitializeKey(tempKey2[..AeadCipher.KeyLength]);
        CryptographicOperations.ZeroMemory(buffer);
        return (toResponder, toInitiator);
    }

    /// <summary>Zeroes ck and frees the key. h is public and stays.</summary>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_ck);
        _cipherState.Dispose();
    }
}
