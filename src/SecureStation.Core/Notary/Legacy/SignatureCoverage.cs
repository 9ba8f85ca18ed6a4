namespace SecureStation.Core.Notary.Legacy;

/// <summary>What a signature of the old notary turns out to be over.</summary>
public enum SignatureCoverage
{
    /// <summary>Nothing that is known: it is wrong.</summary>
    None,

    /// <summary>The document's hash, <c>&lt;!&gt;</c> and the time, as its description means: it vouches for both.</summary>
    Document,

    /// <summary>The hash and the time without the delimiter, another reading of the description: it vouches for both.</summary>
    Concatenated,

    /// <summary>The hash of nothing, as the original signs: it vouches for neither document nor time.</summary>
    Empty,
}
