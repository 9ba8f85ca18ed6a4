namespace SecureStation.Endurance;

/// <summary>One line of the table: something that is done often, and a limit that it must keep.</summary>
internal interface IEnduranceRow
{
    /// <summary>As it is named on the command line.</summary>
    string Name { get; }

    /// <summary>What is done, in a few words.</summary>
    string What { get; }

    /// <summary>How often at full scale.</summary>
    int Figure { get; }

    /// <summary>How often at least: a row cannot pass by doing nothing.</summary>
    int Floor { get; }

    /// <summary>What must hold, as the table shows it.</summary>
    string Limit { get; }

    /// <summary>After how long the row has failed, at a tenth of the figure; more in proportion.</summary>
    TimeSpan ShortTime { get; }

    /// <summary>Why it cannot run on this machine; null where it can.</summary>
    string? LeftOut => null;

    /// <summary>Does it. An exception is a failure.</summary>
    Task<RowOutcome> RunAsync(RowContext context);
}
