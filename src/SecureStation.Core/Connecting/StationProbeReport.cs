namespace SecureStation.Core.Connecting;

/// <summary>What a probe of a station found.</summary>
public sealed record StationProbeReport
{
    /// <summary>The address as typed, <c>host:port</c>.</summary>
    public required string Address { get; init; }

    /// <summary>
    /// Whether a station answered there and proved an identity that contradicts nothing that is known. It says nothing about trust:
    /// see <see cref="IsTrusted"/>.
    /// </summary>
    public bool IsAnswering => FailedStage is null;

    /// <summary>Whether the key that answered is one that a connection would accept.</summary>
    public required bool IsTrusted { get; init; }

    /// <summary>The key that answered, proven by its signature; null where none did.</summary>
    public required string? PeerFingerprint { get; init; }

    /// <summary>The peer's name in the trust store; null where it has none.</summary>
    public required string? PeerName { get; init; }

    /// <summary>The suite that was asked for.</summary>
    public required string Suite { get; init; }

    /// <summary>The addresses that the name stands for.</summary>
    public required IReadOnlyList<string> ResolvedAddresses { get; init; }

    /// <summary>All stages, in order.</summary>
    public required IReadOnlyList<ProbeStage> Stages { get; init; }

    /// <summary>The stage that failed; null where none did.</summary>
    public string? FailedStage => Stages.FirstOrDefault(stage => stage.Result == ProbeResult.Failed)?.Name;

    /// <summary>Why it failed, or why the key is not trusted; null where there is nothing to say.</summary>
    public required StationException? Error { get; init; }

    /// <summary>All stages together, in milliseconds.</summary>
    public double Milliseconds => Math.Round(Stages.Sum(stage => stage.Milliseconds), 3);

    /// <inheritdoc/>
    public override string ToString() => IsAnswering ? $"{Address}: {PeerFingerprint}" : $"{Address}: failed at {FailedStage}";
}
