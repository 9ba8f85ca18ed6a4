namespace SecureStation.Core.Mailboxes;

/// <summary>How a mailbox is used.</summary>
public sealed record MailboxOptions
{
    /// <summary>How long a consumer may hold a letter without a sign of life. The same for all who share a mailbox.</summary>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Dead letters that a box keeps; then the oldest goes.</summary>
    public int MaxDead { get; init; } = 1000;

    /// <summary>Whether what the engine needs is made where it is missing (NATS: its streams). A folder is made always.</summary>
    public bool Create { get; init; }

    /// <summary>On how many servers of a cluster what is made is kept: 1 to 5.</summary>
    public int Replicas { get; init; } = 1;

    /// <summary>A file with the credentials for the engine; null for none.</summary>
    public string? CredentialPath { get; init; }

    /// <summary>How long the engine may take to answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a server may be away, killed or started again, before who waits for mail hears of it.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The clock. Leases go by its timestamps, which nobody sets.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
