using System.Runtime.InteropServices;
using System.Security;
using System.Security.Cryptography;

namespace SecureStation;

/// <summary>The characters of a passphrase, in a buffer that is wiped when it is disposed.</summary>
internal sealed class PassphraseText : IDisposable
{
    private readonly char[] _characters;

    /// <summary>Takes the characters out of <paramref name="passphrase"/>; of null: no passphrase.</summary>
    public PassphraseText(SecureString? passphrase)
    {
        _characters = GC.AllocateUninitializedArray<char>(passphrase?.Length ?? 0, pinned: true);
        if (passphrase is null)
        {
            return;
        }

        nint copy = Marshal.SecureStringToGlobalAllocUnicode(passphrase);
        try
        {
            Marshal.Copy(copy, _characters, 0, _characters.Length);
        }
        finally
        {
            Marshal.ZeroFreeGlobalAllocUnicode(copy);
        }
    }

    /// <summary>The characters; none if there is no passphrase.</summary>
    public ReadOnlySpan<char> Span => _characters;

    /// <inheritdoc/>
    public void Dispose() => CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(_characters.AsSpan()));
}
