namespace SecureStation.Core.Trust;

/// <summary>How a station decides about a peer's key.</summary>
public enum TrustMode
{
    /// <summary>Only keys that were named or pinned before. The default.</summary>
    Strict,

    /// <summary>For clients: the first key that answers at an address is pinned to it, and only that key accepted there from then on.</summary>
    FirstUse,

    /// <summary>Every key. The connection is encrypted, but to whom is unknown.</summary>
    Any,
}
