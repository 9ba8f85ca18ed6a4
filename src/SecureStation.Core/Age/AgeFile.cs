using System.Security.Cryptography;

namespace SecureStation.Core.Age;

/// <summary>
/// Files in the format age v1 (https://age-encryption.org/v1): sealed for recipients, opened by identities. age says nothing of who sealed:
/// whoever knows a recipient can. A signature is the caller's.
/// </summary>
/// <remarks>header ‖ payload, all of it in ASCII armor if asked for. Their layouts stand at <see cref="AgeHeaderReader"/>, <see cref="PayloadChunk"/>, <see cref="Armor"/>.</remarks>
internal static class AgeFile
{
    /// <summary>
    /// Begins a file. Write the plaintext to what is returned, call <see cref="AgeWriter.Complete"/>, dispose of it. The destination stays open.
    /// </summary>
    /// <exception cref="StationException">
    /// <see cref="StationFault.InvalidArgument"/>: no recipient, more than readers take, a passphrase with company, or hybrid recipients with others.
    /// <see cref="StationFault.InvalidKey"/>: a recipient's key is unusable. Nothing was written.
    /// </exception>
    public static AgeWriter Seal(Stream destination, IReadOnlyList<AgeRecipient> recipients, bool armored = false)
    {
        CheckCompany(recipients);
        byte[] fileKey = RandomNumberGenerator.GetBytes(AgeKeys.FileKeyLength);
        try
        {
            AgeStanza[] stanzas = [.. recipients.Select(recipient => recipient.Wrap(fileKey))];
            return AgeWriter.UnsafeCreate(destination, stanzas, fileKey, RandomNumberGenerator.GetBytes(AgeKeys.PayloadNonceLength), armored);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(fileKey);
        }
    }

    /// <summary>
    /// Reads the header and gives the plaintext as a stream (see <see cref="PayloadReader"/> for what a failure in the middle means).
    /// The source stays open; it may be read beyond what is given out.
    /// </summary>
    /// <exception cref="AgeException">The file does not open, or is none.</exception>
    public static Stream Open(Stream source, IReadOnlyList<AgeIdentity> identities, bool armored = false, AgeLimits? limits = null) =>
        Open(source, identities, armored, limits, out _);

    /// <summary>As the other, and says of which types the stanzas are.</summary>
    /// <inheritdoc cref="Open(Stream, IReadOnlyList{AgeIdentity}, bool, AgeLimits?)" path="/exception"/>
    public static Stream Open(Stream source, IReadOnlyList<AgeIdentity> identities, bool armored, AgeLimits? limits, out IReadOnlyList<string> stanzaTypes)
    {
        limits ??= AgeLimits.Default;
        // Not disposed of: that would close the source. It holds nothing else.
        var buffered = new BufferedStream(armored ? new ArmorReader(source) : source, 4096);
        AgeHeader header = AgeHeaderReader.Read(buffered, limits);
        KnownStanzas.Check(header, limits);
        stanzaTypes = [.. header.Stanzas.Select(static stanza => stanza.Type)];
        byte[] fileKey = Unwrap(header, identities);
        try
        {
            byte[] mac = AgeKeys.ComputeMac(fileKey, header.Authenticated);
            if (!CryptographicOperations.FixedTimeEquals(mac, header.Mac))
            {
                throw new AgeException(AgeFailure.Hmac, "The header of the age file was changed.");
            }

            byte[] nonce = new byte[AgeKeys.PayloadNonceLength];
            if (buffered.ReadAtLeast(nonce, nonce.Length, throwOnEndOfStream: false) < nonce.Length)
            {
                throw new AgeException(AgeFailure.Header, "The age file ends with its header.");
            }

            return new PayloadReader(buffered, AgeKeys.CreatePayloadCipher(fileKey, nonce));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(fileKey);
        }
    }

    private static byte[] Unwrap(AgeHeader header, IReadOnlyList<AgeIdentity> identities)
    {
        foreach (AgeIdentity identity in identities)
        {
            foreach (AgeStanza stanza in header.Stanzas.Where(stanza => stanza.Type == identity.StanzaType))
            {
                if (identity.Unwrap(stanza) is { } fileKey)
                {
                    return fileKey;
                }
            }
        }

        throw new AgeException(AgeFailure.NoMatch, "No identity opens the age file: it is sealed for others.");
    }

    private static void CheckCompany(IReadOnlyList<AgeRecipient> recipients)
    {
        string? problem = recipients.Count switch
        {
            0 => "A file is sealed for at least one recipient.",
            _ when recipients.Count > AgeLimits.Default.Stanzas => $"A file is sealed for at most {AgeLimits.Default.Stanzas} recipients.",
            > 1 when recipients.Any(static recipient => recipient.MustBeAlone) => "A file that is sealed with a passphrase has no other recipients.",
            _ when recipients.Select(static recipient => recipient.IsPostQuantum).Distinct().Count() > 1 => "Hybrid recipients do not mix with others.",
            _ => null,
        };
        if (problem is not null)
        {
            throw new StationException(StationFault.InvalidArgument, problem);
        }
    }
}
