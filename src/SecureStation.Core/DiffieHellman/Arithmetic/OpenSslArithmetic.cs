using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using SecureStation.Core.Interop;

namespace SecureStation.Core.DiffieHellman.Arithmetic;

/// <summary>
/// The bignum functions of the platform's OpenSSL 3 (<c>man 3 BN_mod_exp_mont_consttime</c>, <c>BN_check_prime</c>), the
/// library on which the .NET runtime does its own cryptography on Linux. Time and memory access do not depend on the exponent.
/// </summary>
internal sealed class OpenSslArithmetic : ModularArithmetic
{
    /// <summary>Whether OpenSSL 3 is there; BN_check_prime came with it.</summary>
    internal static bool IsSupported { get; } = OpenSslLibrary.Has(nameof(Native.BN_check_prime));

    internal override string Name => "OpenSSL";

    internal override bool IsConstantTime => true;

    internal override byte[] ModPow(ReadOnlySpan<byte> value, ReadOnlySpan<byte> exponent, ReadOnlySpan<byte> modulus)
    {
        using var context = new Context();
        using var b = new Number(value);
        using var e = new Number(exponent);
        using var m = new Number(modulus);
        using var power = new Number([]);
        byte[] result = new byte[modulus.Length];
        if (Native.BN_mod_exp_mont_consttime(power.Handle, b.Handle, e.Handle, m.Handle, context.Handle, IntPtr.Zero) != 1
            || Native.BN_bn2binpad(power.Handle, result, result.Length) != result.Length)
        {
            throw new CryptographicException("OpenSSL's modular exponentiation failed.");
        }

        return result;
    }

    internal override bool IsProbablePrime(BigInteger candidate, CancellationToken cancellationToken)
    {
        using var context = new Context();
        using var number = new Number(candidate.ToUnsignedBytes());
        using var progress = new Progress(cancellationToken);
        int verdict = Native.BN_check_prime(number.Handle, context.Handle, progress.Handle);
        cancellationToken.ThrowIfCancellationRequested();
        return verdict switch
        {
            1 => true,
            0 => false,
            _ => throw new CryptographicException("OpenSSL's primality test failed."),
        };
    }

    /// <summary>A BIGNUM; its memory is zeroed when it is freed.</summary>
    private readonly struct Number : IDisposable
    {
        internal Number(ReadOnlySpan<byte> unsigned)
        {
            Handle = Native.BN_bin2bn(in MemoryMarshal.GetReference(unsigned), unsigned.Length, IntPtr.Zero);
            if (Handle == IntPtr.Zero)
            {
                throw new CryptographicException("OpenSSL has no memory for a number.");
            }
        }

        internal IntPtr Handle { get; }

        public void Dispose() => Native.BN_clear_free(Handle);
    }

    /// <summary>A BN_CTX: OpenSSL's scratch numbers.</summary>
    private readonly struct Context : IDisposable
    {
        public Context()
        {
            Handle = Native.BN_CTX_secure_new();
            if (Handle == IntPtr.Zero)
            {
                throw new CryptographicException("OpenSSL has no memory for a context.");
            }
        }

        internal IntPtr Handle { get; }

        public void Dispose() => Native.BN_CTX_free(Handle);
    }

    /// <summary>A BN_GENCB, called between the rounds of the primality test: returning 0 ends it.</summary>
    private sealed class Progress : IDisposable
    {
        private readonly Native.ProgressCallback _callback;

        internal Progress(CancellationToken cancellationToken)
        {
            _callback = (_, _, _) => cancellationToken.IsCancellationRequested ? 0 : 1;
            Handle = Native.BN_GENCB_new();
            if (Handle == IntPtr.Zero)
            {
                throw new CryptographicException("OpenSSL has no memory for a callback.");
            }

            Native.BN_GENCB_set(Handle, _callback, IntPtr.Zero);
        }

        internal IntPtr Handle { get; }

        public void Dispose()
        {
            Native.BN_GENCB_free(Handle);
            GC.KeepAlive(_callback);
        }
    }

    private static class Native
    {
        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int ProgressCallback(int phase, int round, IntPtr callback);

        [DllImport(OpenSslLibrary.Name)]
        internal static extern IntPtr BN_bin2bn(in byte bytes, int length, IntPtr number);

        [DllImport(OpenSslLibrary.Name)]
        internal static extern int BN_bn2binpad(IntPtr number, [Out] byte[] bytes, int length);

        [DllImport(OpenSslLibrary.Name)]
        internal static extern void BN_clear_free(IntPtr number);

        [DllImport(OpenSslLibrary.Name)]
        internal static extern IntPtr BN_CTX_secure_new();

        [DllImport(OpenSslLibrary.Name)]
        internal static extern void BN_CTX_free(IntPtr context);

        [DllImport(OpenSslLibrary.Name)]
        internal static extern int BN_mod_exp_mont_consttime(IntPtr power, IntPtr value, IntPtr exponent, IntPtr modulus, IntPtr context, IntPtr montgomery);

        [DllImport(OpenSslLibrary.Name)]
        internal static extern int BN_check_prime(IntPtr number, IntPtr context, IntPtr callback);

        [DllImport(OpenSslLibrary.Name)]
        internal static extern IntPtr BN_GENCB_new();

        [DllImport(OpenSslLibrary.Name)]
        internal static extern void BN_GENCB_set(IntPtr handle, ProgressCallback callback, IntPtr argument);

        [DllImport(OpenSslLibrary.Name)]
        internal static extern void BN_GENCB_free(IntPtr handle);
    }
}
