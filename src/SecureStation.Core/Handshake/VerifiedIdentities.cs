using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace SecureStation.Core.Handshake;

/// <summary>
/// Identity payloads whose signature one listener or client has verified already. As a static key is signed once, it is verified once:
/// a peer that comes again with the same static key costs no second verification. Bounded; only what was verified is kept.
/// </summary>
internal sealed class VerifiedIdentities
{
    private const int Capacity = 1024;

    private readonly ConcurrentDictionary<string, IdentityStatement> _verified = new(StringComparer.Ordinal);

    /// <inheritdoc cref="IdentityPayload.Verify"/>
    public IdentityStatement Verify(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> noiseStaticKey, HandshakeStage stage)
    {
        // The static key has a fixed length, so key ‖ payload has one reading.
        string statement = Convert.ToBase64String(SHA256.HashData([.. noiseStaticKey, .. payload]));
        if (_verified.TryGetValue(statement, out IdentityStatement? known))
        {
            return known;
        }

        IdentityStatement identity = IdentityPayload.Verify(payload, noiseStaticKey, stage);
        if (_verified.Count >= Capacity)
        {
            _verified.Clear();
        }

        _verified[statement] = identity;
        return identity;
    }
}
