namespace SecureStation.Legacy.PlainDh;

/// <summary>What the bytes that have come so far are, compared with what is expected.</summary>
internal enum ReadProgress
{
    /// <summary>They may become it: more is needed.</summary>
    Incomplete,

    /// <summary>It is there, and has been taken.</summary>
    Complete,

    /// <summary>They cannot become it.</summary>
    Wrong,
}
