using SecureStation.Core.Keys;
using SecureStation.Core.Noise;

namespace SecureStation.Core.Handshake;

/// <summary>
/// A Noise static key, made in memory for one listener or client, with the identity's signature over it made once.
/// Never written anywhere.
/// </summary>
public sealed class StationStaticKey : IDisposable
{
    private readonly byte[] _payload;

    /// <summary>Makes a fresh static key and has the identity sign it. The identity stays the caller's.</summary>
    public StationStaticKey(StationKeyPair identity)
        : this(identity, NoiseKeyPair.Generate())
    {
    }

    /// <summary>Takes over a given static key: for tests that replay a handshake.</summary>
    internal StationStaticKey(StationKeyPair identity, NoiseKeyPair noise)
    {
        Identity = identity;
        Noise = noise;
        Statement = IdentityPayload.Sign(identity, noise.PublicKey);
        _payload = IdentityPayload.Format(Statement);
    }

    /// <summary>The identity that signed.</summary>
    public StationKeyPair Identity { get; }

    /// <summary>What the identity says of the static key.</summary>
    public IdentityStatement Statement { get; }

    internal NoiseKeyPair Noise { get; }

    internal ReadOnlySpan<byte> Payload => _payload;

    internal VerifiedIdentities Peers { get; } = new();

    /// <summary>Where the handshakes with this key take their ephemeral keys from.</summary>
    internal SpareEphemeral Ephemerals { get; } = new();

    /// <inheritdoc/>
    public void Dispose()
    {
        Noise.Dispose();
        Ephemerals.Dispose();
    }
}
