namespace SecureStation.Core.Keys;

/// <summary>
/// What a signature by an identity key says. It is part of what is signed, so that a signature made for one purpose
/// means nothing for another.
/// </summary>
public enum SignaturePurpose
{
    /// <summary><c>static-key</c>: this Noise static key speaks for the identity.</summary>
    StaticKey,

    /// <summary><c>transcript</c>: the transcript of an exchange.</summary>
    Transcript,

    /// <summary><c>receipt</c>: a message was received.</summary>
    Receipt,

    /// <summary><c>log</c>: an entry of a log.</summary>
    Log,

    /// <summary><c>card</c>: these sealing keys and this box are the identity's.</summary>
    Card,

    /// <summary><c>sealed</c>: a message for recipients that it names, left for them.</summary>
    Sealed,
}
