namespace SecureStation.Commands;

/// <summary>What the cmdlets of the notary share in words.</summary>
internal static class NotaryText
{
    /// <summary>The name of the old protocol.</summary>
    public const string DocumentNotary = "DocumentNotary";

    /// <summary>The name of the server's public key file in a public key directory.</summary>
    public const string ServerPublicKey = "server_publickey.bin";

    /// <summary>What is not secure about the old notary.</summary>
    public const string LegacyWarning =
        "The document notary authenticates nobody, encrypts with OAEP of SHA-1 and a shared password, and what it forwards can be altered on the way.";

    /// <summary>What is wrong with a signature over nothing.</summary>
    public const string EmptyHashWarning = "The signature is over the hash of nothing: it vouches for neither the document nor the time.";
}
