namespace SecureStation.Core.State;

/// <summary>How far a session is, as its row says.</summary>
internal record struct JournalProgress
{
    /// <summary>The last message that was accepted.</summary>
    public ulong AcceptedId { get; set; }

    /// <summary>The last message that the peer has.</summary>
    public ulong DeliveredId { get; set; }

    /// <summary>Body bytes up to it.</summary>
    public long DeliveredBytes { get; set; }

    /// <summary>Messages of the peer up to this one may have been given out.</summary>
    public ulong GivenId { get; set; }
}
