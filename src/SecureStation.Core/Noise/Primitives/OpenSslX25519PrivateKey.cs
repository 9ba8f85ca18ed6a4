using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using SecureStation.Core.Interop;

namespace SecureStation.Core.Noise.Primitives;

/// <summary>
/// OpenSSL's X25519 (<c>man 7 X25519</c>, <c>man 3 EVP_PKEY_new_raw_private_key</c>, <c>EVP_PKEY_derive</c>).
/// </summary>
internal sealed class OpenSslX25519PrivateKey : X25519PrivateKey
{
    private readonly PKey _key;

    internal OpenSslX25519PrivateKey(ReadOnlySpan<byte> privateKey)
    {
        _key = Native.EVP_PKEY_new_raw_private_key(Native.X25519, IntPtr.Zero, in MemoryMarshal.GetReference(privateKey), X25519.KeyLength);
        ThrowUnless(!_key.IsInvalid);
    }

    /// <summary>Whether OpenSSL 3 is there; EVP_PKEY_derive_set_peer_ex came with it.</summary>
    internal static bool IsSupported { get; } = OpenSslLibrary.Has(nameof(Native.EVP_PKEY_derive_set_peer_ex));

    /// <summary>Whether it has been disposed of.</summary>
    internal bool IsClosed => _key.IsClosed;

    public override void GetPublicKey(byte[] publicKey)
    {
        nint length = publicKey.Length;
        ThrowUnless(Native.EVP_PKEY_get_raw_public_key(_key, publicKey, ref length) == 1 && length == X25519.KeyLength);
    }

    public override bool TryComputeSharedSecret(byte[] publicKey, byte[] sharedSecret)
    {
        using PKey peer = Native.EVP_PKEY_new_raw_public_key(Native.X25519, IntPtr.Zero, publicKey, X25519.KeyLength);
        ThrowUnless(!peer.IsInvalid);
        using PKeyContext context = Native.EVP_PKEY_CTX_new(_key, IntPtr.Zero);
        ThrowUnless(!context.IsInvalid && Native.EVP_PKEY_derive_init(context) == 1);

        // A public key of X25519 needs no validation (RFC 7748, section 5); what the last call refuses is the secret of all zeros.
        ThrowUnless(Native.EVP_PKEY_derive_set_peer_ex(context, peer, validate: 0) == 1);
        nint length = sharedSecret.Length;
        if (Native.EVP_PKEY_derive(context, sharedSecret, ref length) == 1)
        {
            return true;
        }

        CryptographicOperations.ZeroMemory(sharedSecret);
        Native.ERR_clear_error();
        return false;
    }

    public override void Dispose() => _key.Dispose();

    private static void ThrowUnless(bool succeeded)
    {
        if (!succeeded)
        {
            Native.ERR_clear_error();
            throw new CryptographicException("OpenSSL's X25519 failed.");
        }
    }

    /// <summary>An EVP_PKEY. Freeing it zeroes the private key.</summary>
    private sealed class PKey : SafeHandleZeroOrMinusOneIsInvalid
    {
        public PKey()
            : base(ownsHandle: true)
        {
        }

        protected override bool ReleaseHandle()
        {
            Native.EVP_PKEY_free(handle);
            return true;
        }
    }

    /// <summary>An EVP_PKEY_CTX.</summary>
    private sealed class PKeyContext : SafeHandleZeroOrMinusOneIsInvalid
    {
        public PKeyContext()
            : base(ownsHandle: true)
        {
        }

        protected override bool ReleaseHandle()
        {
            Native.EVP_PKEY_CTX_free(handle);
            return true;
        }
    }

    private static class Native
    {
        /// <summary>EVP_PKEY_X25519, which is NID_X25519.</summary>
        internal const int X25519 = 1034;

        [DllImport(OpenSslLibrary.Name)]
        internal static extern PKey EVP_PKEY_new_raw_private_key(int type, IntPtr engine, in byte key, nint length);

        [DllImport(OpenSslLibrary.Name)]
        internal static extern PKey EVP_PKEY_new_raw_public_key(int type, IntPtr engine, byte[] key, nint length);

        [DllImport(OpenSslLibrary.Name)]
        internal static extern int EVP_PKEY_get_raw_public_key(PKey key, [Out] byte[] publicKey, ref nint length);

        [DllImport(OpenSslLibrary.Name)]
        internal static extern void EVP_PKEY_free(IntPtr key);

        [DllImport(OpenSslLibrary.Name)]
        internal static extern PKeyContext EVP_PKEY_CTX_new(PKey key, IntPtr engine);

        [DllImport(OpenSslLibrary.Name)]
        internal static extern void EVP_PKEY_CTX_free(IntPtr context);

        [DllImport(OpenSslLibrary.Name)]
        internal static extern int EVP_PKEY_derive_init(PKeyContext context);

        [DllImport(OpenSslLibrary.Name)]
        internal static extern int EVP_PKEY_derive_set_peer_ex(PKeyContext context, PKey peer, int validate);

        [DllImport(OpenSslLibrary.Name)]
        internal static extern int EVP_PKEY_derive(PKeyContext context, [Out] byte[] secret, ref nint length);

        [DllImport(OpenSslLibrary.Name)]
        internal static extern void ERR_clear_error();
    }
}
