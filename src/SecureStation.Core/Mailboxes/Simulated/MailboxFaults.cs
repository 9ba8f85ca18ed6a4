namespace SecureStation.Core.Mailboxes.Simulated;

/// <summary>What goes wrong in a <see cref="SimulatedMailbox"/>, until it is changed back or used up.</summary>
public sealed class MailboxFaults
{
    /// <summary>So many letters are taken, and the answer is lost: the sender hears MailboxUnavailable.</summary>
    public int LostPutAnswers { get; set; }

    /// <summary>So many times, what a holder does to its letter is done, and the answer is lost.</summary>
    public int LostLeaseAnswers { get; set; }

    /// <summary>So many letters are given to two consumers at once.</summary>
    public int GivenTwice { get; set; }

    /// <summary>Every call fails at once with this text; null for none.</summary>
    public string? Unavailable { get; set; }

    /// <summary>No call is ever answered.</summary>
    public bool IsSilent { get; set; }

    /// <summary>Every letter is said to be in this box's mail, whoever it is for; null for none.</summary>
    public string? GivesMailOf { get; set; }
}
