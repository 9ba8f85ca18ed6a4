namespace SecureStation.Core.Notary.Log;

/// <summary>What is known of a log's end.</summary>
public enum NotaryLogTail
{
    /// <summary>Without a head kept elsewhere, nobody can tell whether entries were cut off the end.</summary>
    NotCheckable,

    /// <summary>The log reaches the head that was kept elsewhere.</summary>
    Reached,

    /// <summary>The log ends before it, or is another one.</summary>
    Cut,
}
