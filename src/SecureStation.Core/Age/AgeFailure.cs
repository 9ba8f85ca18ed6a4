namespace SecureStation.Core.Age;

/// <summary>The five ways in which opening an age file fails; the names are those of age's test kit (C2SP/CCTV, age).</summary>
internal enum AgeFailure
{
    /// <summary>The ASCII armor is malformed.</summary>
    Armor,

    /// <summary>The header is malformed, too large, or holds a stanza that no sealer makes.</summary>
    Header,

    /// <summary>The header is well-formed, and none of the identities opens any of its stanzas.</summary>
    NoMatch,

    /// <summary>An identity gave the file key, and the header was changed after it was made.</summary>
    Hmac,

    /// <summary>The payload was changed or cut off. What was read before is authentic, and not all.</summary>
    Payload,
}
