using System.Diagnostics.CodeAnalysis;

namespace SecureStation.Core.Trust;

/// <summary>Whether a peer's key is accepted, and what that rests on, or why not.</summary>
public sealed record TrustVerdict
{
    private TrustVerdict()
    {
    }

    /// <summary>Whether the key is accepted.</summary>
    [MemberNotNullWhen(false, nameof(Error))]
    public bool IsTrusted => Error is null;

    /// <summary>What the acceptance rests on; <see cref="TrustBasis.None"/> where the key is not accepted.</summary>
    public TrustBasis Basis { get; private init; }

    /// <summary>The name in the key's record; null where there is none.</summary>
    public string? PeerName { get; private init; }

    /// <summary>The services that the key's record allows; all where there is none.</summary>
    public PeerCapabilities Capabilities { get; private init; } = PeerCapabilities.All;

    /// <summary>
    /// Why the key is not accepted, with fingerprint, address and the command that would trust it:
    /// <see cref="StationFault.PeerUntrusted"/> or <see cref="StationFault.PeerKeyChanged"/>. Null where it is accepted.
    /// </summary>
    public StationException? Error { get; private init; }

    /// <summary>The key is accepted.</summary>
    public static TrustVerdict Trusted(TrustBasis basis, string? peerName = null) => new() { Basis = basis, PeerName = peerName };

    /// <summary>The key is accepted; name and capabilities are those of its record, where there is one.</summary>
    internal static TrustVerdict Trusted(TrustBasis basis, PeerRecord? record) => new()
    {
        Basis = basis,
        PeerName = record?.Name,
        Capabilities = (PeerCapabilities?)record?.Capabilities ?? PeerCapabilities.All,
    };

    /// <summary>The same with other capabilities.</summary>
    internal TrustVerdict With(PeerCapabilities capabilities) => this with { Capabilities = capabilities };

    /// <summary>The key is not accepted.</summary>
    public static TrustVerdict Refused(StationException error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return new TrustVerdict { Error = error };
    }

    /// <summary>Throws <see cref="Error"/> where the key is not accepted.</summary>
    public void ThrowIfRefused()
    {
        if (!IsTrusted)
        {
            throw Error;
        }
    }
}
