using System.Diagnostics.CodeAnalysis;

namespace SecureStation.Core.Notary.Timestamps;

/// <summary>Why a timestamp authority gives no token: PKIFailureInfo (RFC 3161, 2.4.2). Bit n of the BIT STRING is the value 1 &lt;&lt; n.</summary>
[Flags]
[SuppressMessage("Naming", "CA1711:Identifiers should not have incorrect suffix", Justification = "The name that RFC 3161 gives it.")]
public enum PkiFailureInfo
{
    /// <summary>None is named.</summary>
    None = 0,

    /// <summary>The hash algorithm is unknown or not accepted.</summary>
    BadAlg = 1 << 0,

    /// <summary>The request is of a kind that is not supported: another version.</summary>
    BadRequest = 1 << 2,

    /// <summary>The request is not well-formed.</summary>
    BadDataFormat = 1 << 5,

    /// <summary>The time source does not give the time.</summary>
    TimeNotAvailable = 1 << 14,

    /// <summary>The policy that was asked for is not supported.</summary>
    UnacceptedPolicy = 1 << 15,

    /// <summary>An extension that was asked for is not supported.</summary>
    UnacceptedExtension = 1 << 16,

    /// <summary>Additional information that was asked for is not available.</summary>
    AddInfoNotAvailable = 1 << 17,

    /// <summary>The request cannot be handled because of a failure of the system.</summary>
    SystemFailure = 1 << 25,
}
