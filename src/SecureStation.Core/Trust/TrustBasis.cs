namespace SecureStation.Core.Trust;

/// <summary>What the acceptance of a peer's key rests on.</summary>
public enum TrustBasis
{
    /// <summary>Nothing: the key was not accepted.</summary>
    None,

    /// <summary>The key is pinned to the address that was asked for.</summary>
    Pinned,

    /// <summary>The caller named the peer, and this is the key in its record.</summary>
    Peer,

    /// <summary>The caller named the key's fingerprint.</summary>
    Fingerprint,

    /// <summary>The invitation names the key's fingerprint; at a listener: the peer presented an invitation.</summary>
    Invitation,

    /// <summary>Nothing was known of the address, and the key has now been pinned to it.</summary>
    FirstUse,

    /// <summary>At a listener: a record says that this peer may connect.</summary>
    Accepted,

    /// <summary>Every key was to be accepted.</summary>
    Any,
}
