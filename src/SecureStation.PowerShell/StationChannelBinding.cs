using System.Security.Cryptography;

namespace SecureStation;

/// <summary>
/// Secret bytes of a session, equal on both sides: what Get-StationChannelBinding writes. Shows nothing of itself; two are equal where their bytes are.
/// </summary>
public sealed class StationChannelBinding : IEquatable<StationChannelBinding>
{
    private readonly byte[] _bytes;

    internal StationChannelBinding(string label, string sessionId, byte[] bytes)
    {
        Label = label;
        SessionId = sessionId;
        _bytes = bytes;
    }

    /// <summary>What the bytes are for.</summary>
    public string Label { get; }

    /// <summary>How many bytes there are.</summary>
    public int Length => _bytes.Length;

    /// <summary>The session.</summary>
    public string SessionId { get; }

    /// <summary>A copy of the secret bytes.</summary>
    public byte[] ToBytes() => (byte[])_bytes.Clone();

    /// <summary>The secret bytes as lower-case hex.</summary>
    public string ToHex() => Convert.ToHexStringLower(_bytes);

    /// <summary>Whether the bytes are equal; takes as long whatever differs.</summary>
    public bool Equals(StationChannelBinding? other) => other is not null && CryptographicOperations.FixedTimeEquals(_bytes, other._bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as StationChannelBinding);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Label, Length);

    /// <summary>The label and length, not the bytes.</summary>
    public override string ToString() => $"{Label} ({Length} bytes)";
}
