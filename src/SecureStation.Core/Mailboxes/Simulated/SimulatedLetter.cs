namespace SecureStation.Core.Mailboxes.Simulated;

/// <summary>A letter in a simulated box, and which claim of it counts.</summary>
internal sealed class SimulatedLetter(string name, byte[] body)
{
    public string Name { get; } = name;

    public byte[] Body { get; } = body;

    /// <summary>Rises with every claim: whoever names an older one has lost the letter.</summary>
    public int Claim { get; set; }

    /// <summary>The clock's timestamp of the last sign of life.</summary>
    public long HeldSince { get; set; }

    /// <summary>Until then nobody is given it.</summary>
    public long RestsUntil { get; set; }

    /// <summary>Why it is dead; null for mail.</summary>
    public string? Reason { get; set; }
}
