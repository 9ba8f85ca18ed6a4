namespace SecureStation.Core.Protocols;

/// <summary>What a protocol with one suite promises.</summary>
public sealed record StationProtocolInfo
{
    /// <summary>The protocol: <c>Station</c>, <c>Noise</c> for raw Noise by hand, or a legacy one.</summary>
    public required string Protocol { get; init; }

    /// <summary>The suite: a Noise protocol name, or what a legacy protocol uses.</summary>
    public required string Suite { get; init; }

    /// <summary>The Noise handshake pattern; null in legacy protocols.</summary>
    public string? Pattern { get; init; }

    /// <summary>The strength against computation in bits, that of the weakest part; 0 for what is broken.</summary>
    public required int Strength { get; init; }

    /// <summary>
    /// What holds against a quantum computer: <c>secrecy: hybrid, authentication: classical</c>. What is classical, one would break; what is hybrid, only with a break
    /// of ML-KEM too. <c>none</c> in legacy protocols.
    /// </summary>
    public required string Security { get; init; }

    /// <summary>What keeps messages secret: <c>Hybrid</c>, X25519 and ML-KEM-768; <c>Classical</c>, X25519 alone; <c>None</c>.</summary>
    public required string Secrecy { get; init; }

    /// <summary>Whether what was sent stays secret when long-term keys are lost later.</summary>
    public required bool HasForwardSecrecy { get; init; }

    /// <summary>Who is proven to whom: <c>Mutual</c>, <c>Initiator</c>, <c>Responder</c>, <c>None</c>.</summary>
    public required string Authentication { get; init; }

    /// <summary>How many pre-shared keys it needs; an invitation brings one.</summary>
    public int PskCount { get; init; }

    /// <summary>Whether it is an old protocol kept for the old programs' sake; not secure.</summary>
    public bool IsLegacy { get; init; }

    /// <summary>Whether it is what is used when nothing is said.</summary>
    public bool IsDefault { get; init; }

    /// <summary>What it is for.</summary>
    public required string Description { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Protocol} {Suite}";
}
