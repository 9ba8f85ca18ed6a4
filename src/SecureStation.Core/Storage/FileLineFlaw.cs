namespace SecureStation.Core.Storage;

/// <summary>What can be wrong with a line, whatever is in it.</summary>
internal enum FileLineFlaw
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It is longer than a line may be.</summary>
    TooLong,

    /// <summary>It is the last, and its end is missing.</summary>
    Torn,
}
