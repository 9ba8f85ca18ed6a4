using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SecureStation.Core.Notary.Log;

namespace SecureStation.Core.Notary;

/// <summary>What a timestamp authority signs with, and what it promises.</summary>
public sealed record TimestampAuthorityOptions
{
    /// <summary>
    /// The policy of tokens where a request names none, an OID under the arc of UUIDs (X.667): "issued by a SecureStation notary,
    /// whose operator has published no policy".
    /// </summary>
    public const string DefaultPolicy = "2.25.289601061734397714957198346784350236659";

    /// <summary>The certificate, with its private key: RSA or ECDSA, extended key usage timeStamping alone and critical. Not disposed.</summary>
    public required X509Certificate2 Certificate { get; init; }

    /// <summary>Certificates between it and the root, for tokens whose request asks for certificates.</summary>
    public IReadOnlyList<X509Certificate2> Chain { get; init; } = [];

    /// <summary>The policy of tokens where a request names none.</summary>
    public string Policy { get; init; } = DefaultPolicy;

    /// <summary>Other policies that a request may name.</summary>
    public IReadOnlyList<string> OtherPolicies { get; init; } = [];

    /// <summary>How far the tokens' time may be off; zero says nothing about it. 1 s.</summary>
    public TimeSpan Accuracy { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Whether tokens can be ordered by their time alone: each is then at least a microsecond after the last.</summary>
    public bool IsOrdering { get; init; }

    /// <summary>The hash under the signature: SHA256, SHA384 or SHA512.</summary>
    public HashAlgorithmName SignatureHash { get; init; } = HashAlgorithmName.SHA256;

    /// <summary>The log that each token is written to before it is given out; null for none. Not disposed.</summary>
    public NotaryLog? Log { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
