using System.Security.Cryptography;

namespace SecureStation.Core;

/// <summary>
/// The bytes of a secret that one thread may use while another ends it: who uses it gets the secret or an error, never its zeros.
/// </summary>
/// <param name="owned">The bytes; they are this object's from now on.</param>
/// <param name="gone">What to throw after <see cref="Dispose"/>.</param>
internal sealed class SecretBytes(byte[] owned, Func<Exception> gone) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly byte[] _bytes = owned;
    private bool _isGone;

    public int Length => _bytes.Length;

    /// <summary>Lends the bytes to <paramref name="use"/>; <see cref="Dispose"/> waits for it.</summary>
    public T Use<T>(Func<ReadOnlySpan<byte>, T> use)
    {
        lock (_gate)
        {
            return _isGone ? throw gone() : use(_bytes);
        }
    }

    /// <summary>A copy, which the caller zeroes.</summary>
    public byte[] ToArray() => Use(static bytes => bytes.ToArray());

    /// <summary>Zeroes the bytes, once nobody uses them.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isGone = true;
            CryptographicOperations.ZeroMemory(_bytes);
        }
    }
}
