using System.Security.Cryptography;
using SecureStation.Core.Noise.Primitives;

namespace SecureStation.Core.Noise;

/// <summary>
/// One X25519 agreement that is due later, offered to another core meanwhile. Whoever gets to it first computes it: where no core is free, that is who
/// needs it, so nobody ever waits for a turn in the thread pool.
/// </summary>
internal sealed class AgreementAhead(NoiseKeyPair local, byte[] remote) : IThreadPoolWorkItem, IDisposable
{
    private enum Phase
    {
        Open,
        Computed,
        Over,
    }

    private readonly Lock _gate = new();
    private readonly byte[] _sharedSecret = new byte[X25519.KeyLength];
    private Phase _phase;

    /// <summary>Offers it to the thread pool.</summary>
    public static AgreementAhead Begin(NoiseKeyPair local, byte[] remote)
    {
        var ahead = new AgreementAhead(local, remote);
        if (Environment.ProcessorCount > 1)
        {
            ThreadPool.UnsafeQueueUserWorkItem(ahead, preferLocal: false);
        }

        return ahead;
    }

    /// <summary>Computes it on this thread if it is still open. An agreement that fails stays open, so that who takes it learns why.</summary>
    public void Execute()
    {
        lock (_gate)
        {
            if (_phase == Phase.Open)
            {
                try
                {
                    local.ComputeSharedSecret(remote, _sharedSecret);
                    _phase = Phase.Computed;
                }
                catch (Exception e) when (e is StationException or CryptographicException)
                {
                    CryptographicOperations.ZeroMemory(_sharedSecret);
                }
            }
        }
    }

    /// <summary>Writes the 32-byte shared secret, computing it if nobody has; only once.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidKey"/>: the public key is of low order.</exception>
    public void Take(byte[] sharedSecret)
    {
        lock (_gate)
        {
            if (_phase == Phase.Computed)
            {
                _sharedSecret.CopyTo(sharedSecret, 0);
            }
            else
            {
                local.ComputeSharedSecret(remote, sharedSecret);
            }

            End();
        }
    }

    /// <summary>Zeroes the secret; what has not been computed never is.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            End();
        }
    }

    private void End()
    {
        _phase = Phase.Over;
        CryptographicOperations.ZeroMemory(_sharedSecret);
    }
}
