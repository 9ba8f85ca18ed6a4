using System.Security.Cryptography;
using SecureStation.Core.DiffieHellman.Arithmetic;
using SecureStation.Core.Noise.Primitives;

namespace SecureStation.Core.DiffieHellman;

/// <summary>Diffie-Hellman agreement.</summary>
public static class DhExchange
{
    /// <summary>Computes the secret that both sides share.</summary>
    /// <param name="own">One's own key pair.</param>
    /// <param name="peer">The peer's public key.</param>
    /// <returns>
    /// Finite field: y^x mod p, as long as p with zeros on the left kept (NIST SP 800-56A, 5.7.1.1). X25519: the 32 bytes of
    /// RFC 7748.
    /// </returns>
    /// <exception cref="StationException"><see cref="StationFault.InvalidParameter"/>: the groups differ, or the secret is degenerate.</exception>
    public static DhSharedSecret Agree(DhKeyPair own, DhPublicKey peer)
    {
        ArgumentNullException.ThrowIfNull(own);
        ArgumentNullException.ThrowIfNull(peer);
        if (own.Algorithm != peer.Algorithm || !Equals(own.Parameter, peer.Parameter))
        {
            throw new StationException(StationFault.InvalidParameter, "The two Diffie-Hellman keys are of different groups.");
        }

        return own.Algorithm == DhAlgorithm.X25519 ? AgreeX25519(own, peer) : AgreeFiniteField(own, peer);
    }

    private static DhSharedSecret AgreeFiniteField(DhKeyPair own, DhPublicKey peer)
    {
        byte[] prime = own.Parameter!.Prime.ToUnsignedBytes();
        byte[] exponent = own.CopyPrivateKey();
        byte[] secret;
        try
        {
            secret = ModularArithmetic.Default.ModPow(peer.Encoded, exponent, prime);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(exponent);
        }

        if (IsDegenerate(secret, prime))
        {
            CryptographicOperations.ZeroMemory(secret);
            throw Degenerate("The Diffie-Hellman secret is 0, 1 or p − 1: one side's value is degenerate.");
        }

        return new DhSharedSecret(secret, own.Algorithm, own.GroupName) { PeerPublicKey = peer };
    }

    private static DhSharedSecret AgreeX25519(DhKeyPair own, DhPublicKey peer)
    {
        byte[] privateKey = own.CopyPrivateKey();
        byte[] secret = new byte[X25519.KeyLength];
        try
        {
            X25519.ComputeSharedSecret(privateKey, peer.ToBytes(), secret);
        }
        catch (StationException lowOrder) when (lowOrder.Fault == StationFault.InvalidKey)
        {
            throw Degenerate(lowOrder.Message, lowOrder);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(privateKey);
        }

        return new DhSharedSecret(secret, own.Algorithm, own.GroupName) { PeerPublicKey = peer };
    }

    private static StationException Degenerate(string message, Exception? inner = null) =>
        new(StationFault.InvalidParameter, message, inner);

    // 0, 1 and p − 1 (an odd p, so p − 1 differs from it in the last byte only).
    private static bool IsDegenerate(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> prime) =>
        (secret[^1] <= 1 && !secret[..^1].ContainsAnyExcept((byte)0))
        || (secret[^1] == prime[^1] - 1 && secret[..^1].SequenceEqual(prime[..^1]));
}
