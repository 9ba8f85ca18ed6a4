using System.Runtime.InteropServices;
using System.Security;
using System.Security.Cryptography;
using SecureStation.Core;
using SecureStation.Core.Noise;

namespace SecureStation;

/// <summary>
/// A key of raw Noise as a parameter: 32 bytes as byte[], hex or base64 (also in a SecureString), or a Noise key pair. Shows nothing of itself.
/// </summary>
public sealed class NoiseKey
{
    private readonly byte[]? _bytes;
    private readonly SecureString? _secret;
    private readonly string? _text;
    private readonly NoiseKeyPair? _pair;

    /// <summary>The bytes.</summary>
    public NoiseKey(byte[] bytes) => _bytes = bytes;

    /// <summary>Hex or base64 of the bytes.</summary>
    public NoiseKey(string text) => _text = text;

    /// <summary>Hex or base64 of the bytes.</summary>
    public NoiseKey(SecureString text) => _secret = text;

    /// <summary>A key pair.</summary>
    public NoiseKey(NoiseKeyPair pair) => _pair = pair;

    /// <summary>The key pair whose private key this is; it stays the script's if the script made it.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/></exception>
    internal NoiseKeyPair ToKeyPair(string parameter)
    {
        if (_pair is not null)
        {
            return _pair;
        }

        byte[] bytes = Read(parameter);
        try
        {
            return NoiseKeyPair.FromPrivateKey(bytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>The public key that this is, or that of the pair.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/></exception>
    internal byte[] ToPublicKey(string parameter) => _pair is not null ? _pair.PublicKey.ToArray() : Read(parameter);

    /// <summary>The pre-shared key that this is.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/></exception>
    internal byte[] ToPsk(string parameter) => _pair is null
        ? Read(parameter)
        : throw new StationException(StationFault.InvalidKey, $"-{parameter} takes 32 secret bytes, not a key pair.");

    /// <summary>Nothing of the key.</summary>
    public override string ToString() => "(key)";

    private byte[] Read(string parameter)
    {
        byte[] bytes = _bytes is not null ? (byte[])_bytes.Clone() : ReadText(_text ?? Reveal(_secret!), parameter);
        if (bytes.Length == NoiseKeyPair.KeyLength)
        {
            return bytes;
        }

        CryptographicOperations.ZeroMemory(bytes);
        throw new StationException(StationFault.InvalidKey, $"-{parameter} takes keys of {NoiseKeyPair.KeyLength} bytes; {bytes.Length} were given.");
    }

    // 64 digits are hex: as base64 they would be 48 bytes, which is no key.
    private static byte[] ReadText(string text, string parameter)
    {
        try
        {
            return text.Length == 2 * NoiseKeyPair.KeyLength ? Convert.FromHexString(text) : Convert.FromBase64String(text);
        }
        catch (FormatException)
        {
            // Without the inner exception: nothing of the text may reach an error.
            throw new StationException(StationFault.InvalidKey, $"-{parameter} is neither 64 hex digits nor base64 of 32 bytes.");
        }
    }

    private static string Reveal(SecureString secret)
    {
        IntPtr memory = Marshal.SecureStringToGlobalAllocUnicode(secret);
        try
        {
            return Marshal.PtrToStringUni(memory) ?? string.Empty;
        }
        finally
        {
            Marshal.ZeroFreeGlobalAllocUnicode(memory);
        }
    }
}
