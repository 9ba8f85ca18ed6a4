namespace SecureStation.Core.Requests;

/// <summary>What a message of the service <c>request</c> is.</summary>
internal enum RequestOp
{
    /// <summary>None that is known.</summary>
    None,

    /// <summary><c>call</c>: asks a handler.</summary>
    Call,

    /// <summary><c>item</c>: one result.</summary>
    Item,

    /// <summary><c>credit</c>: more results may come.</summary>
    Credit,

    /// <summary><c>end</c>: all results have come.</summary>
    End,

    /// <summary><c>error</c>: no more results come, and why.</summary>
    Error,
}
