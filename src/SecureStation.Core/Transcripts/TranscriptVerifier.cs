using SecureStation.Core.Handshake;
using SecureStation.Core.Handshake.ByHand;
using SecureStation.Core.Handshake.Driving;
using SecureStation.Core.Keys;
using SecureStation.Core.Noise;
using static SecureStation.Core.Transcripts.TranscriptCheckResult;

namespace SecureStation.Core.Transcripts;

/// <summary>
/// Verifies what a transcript claims, as far as its public bytes allow: the signature over the file, the identities' statements about their static
/// keys, form and sizes of the messages, and the handshake hash. What was encrypted stays so; each report says what that leaves open.
/// </summary>
public static class TranscriptVerifier
{
    /// <summary>Verifies a transcript.</summary>
    /// <param name="transcript">The transcript.</param>
    /// <param name="signer">Who must have signed it; null accepts the signature of whoever the file names.</param>
    /// <param name="allowUnsigned">Whether a file without a signature may pass.</param>
    public static TranscriptReport Verify(StationTranscript transcript, Fingerprint? signer = null, bool allowUnsigned = false)
    {
        ArgumentNullException.ThrowIfNull(transcript);

        // What is verified is what is stored, not what an object in memory says of it.
        StationTranscript subject = transcript.StoredBytes is { } stored
            ? TranscriptJson.Parse(stored) with { StoredSignature = transcript.StoredSignature }
            : transcript;
        var checks = new List<TranscriptCheck> { CheckSignature(subject, signer, allowUnsigned) };
        if (!ProtocolName.TryParse(subject.Suite, out ProtocolName? noise))
        {
            checks.Add(new TranscriptCheck("Messages", Failed, $"'{subject.Suite}' is not a known Noise protocol."));
            return new TranscriptReport(transcript, checks);
        }

        IReadOnlyList<ReadOnlyMemory<byte>>? messages = null;
        checks.Add(CheckMessages(subject, noise, ref messages));
        checks.Add(CheckPrologue(subject));
        checks.Add(CheckIdentity(subject, StationRole.Initiator, noise));
        checks.Add(CheckIdentity(subject, StationRole.Responder, noise));
        checks.Add(CheckHash(subject, noise, messages));
        checks.Add(new TranscriptCheck(
            "EncryptedParts", NotChecked, "What is in the encrypted parts, and that these static keys and identities were in them: no key that opens them was kept."));
        checks.Add(new TranscriptCheck(
            "Peer", NotChecked, "That the peer took part: the transcript is its signer's evidence. A signed receipt would be the peer's own."));
        return new TranscriptReport(transcript, checks);
    }

    private static TranscriptCheck CheckSignature(StationTranscript transcript, Fingerprint? signer, bool allowUnsigned)
    {
        const string Name = "Signature";
        if (transcript.StoredSignature is null)
        {
            string missing = transcript.SignedBy is not null ? "The file names a signer, but its signature is missing."
                : transcript.IsStored ? "The file is not signed."
                : "The transcript has not been exported, so it is not signed.";
            bool mayPass = signer is null && transcript.SignedBy is null && (allowUnsigned || !transcript.IsStored);
            return new TranscriptCheck(Name, mayPass ? NotChecked : Failed, missing);
        }

        if (TranscriptJson.TryReadKey(transcript.SignedBy) is not { } key)
        {
            return new TranscriptCheck(Name, Failed, "There is a signature, but the file does not name its signer's key.");
        }

        if (!key.Verify(SignaturePurpose.Transcript, transcript.StoredBytes, transcript.StoredSignature))
        {
            return new TranscriptCheck(Name, Failed, $"The file is not what {key.Fingerprint} signed.");
        }

        if (signer is not null && key.Fingerprint != signer)
        {
            return new TranscriptCheck(Name, Failed, $"It is signed by {key.Fingerprint}, not by {signer}.");
        }

        string? recorder = (transcript.RecordedBy == StationRole.Initiator ? transcript.Initiator : transcript.Responder).Fingerprint;
        return recorder is not null && recorder != key.Fingerprint.ToString()
            ? new TranscriptCheck(Name, Failed, $"It is signed by {key.Fingerprint}, but recorded by {recorder}.")
            : new TranscriptCheck(Name, Passed, $"Signed by {key.Fingerprint}{(signer is null ? ", the key that the file names" : string.Empty)}.");
    }

    private static TranscriptCheck CheckMessages(StationTranscript transcript, ProtocolName noise, ref IReadOnlyList<ReadOnlyMemory<byte>>? messages)
    {
        const string Name = "Messages";
        HandshakePattern pattern = noise.Pattern;
        if (transcript.Messages.Count > pattern.Messages.Count)
        {
            return new TranscriptCheck(Name, Failed, $"{pattern.Name} has {pattern.Messages.Count} messages, not {transcript.Messages.Count}.");
        }

        var decoded = new List<ReadOnlyMemory<byte>>();
        for (int i = 0; i < transcript.Messages.Count; i++)
        {
            TranscriptMessage message = transcript.Messages[i];
            MessagePattern due = pattern.Messages[i];
            byte[] bytes = new byte[HandshakeState.MaxMessageLength];
            bool isRight = Convert.TryFromBase64String(message.Message, bytes, out int length)
                && length >= due.Overhead
                && message.Length == length
                && message.PayloadLength == length - due.Overhead
                && message.Number == i + 1
                && message.From == (due.IsFromInitiator ? StationRole.Initiator : StationRole.Responder)
                && message.Tokens == due.ToString()
                && message.Fields.SequenceEqual(HandshakeFields.Of(due, length));
            if (!isRight)
            {
                return new TranscriptCheck(Name, Failed, $"Message {i + 1} is not what {pattern.Name} has in that place ({due}), or its sizes are wrong.");
            }

            decoded.Add(bytes.AsMemory(0, length));
        }

        messages = decoded;
        return decoded.Count == pattern.Messages.Count
            ? new TranscriptCheck(Name, Passed, $"{decoded.Count} messages with senders, tokens and sizes of {pattern.Name}.")
            : new TranscriptCheck(Name, Passed, $"{decoded.Count} of {pattern.Messages.Count} messages, as far as the handshake came.");
    }

    private static TranscriptCheck CheckPrologue(StationTranscript transcript)
    {
        const string Name = "Prologue";
        if (transcript.Protocol != StationProtocolV1.Name)
        {
            return new TranscriptCheck(Name, NotChecked, "In raw Noise the prologue is whatever both sides agreed on.");
        }

        return StationSuite.Find(transcript.Suite) is not null && transcript.Prologue == Convert.ToHexStringLower(Preamble.Format(transcript.Suite))
            ? new TranscriptCheck(Name, Passed, "It is the preamble of the suite.")
            : new TranscriptCheck(Name, Failed, "It is not the preamble of the suite.");
    }

    private static TranscriptCheck CheckIdentity(StationTranscript transcript, StationRole role, ProtocolName noise)
    {
        string name = $"{role}Identity";
        TranscriptParty party = role == StationRole.Initiator ? transcript.Initiator : transcript.Responder;
        if (party.PublicKey is null)
        {
            bool isMissing = transcript.Protocol == StationProtocolV1.Name && transcript.State == nameof(ManualHandshakeState.Completed);
            return new TranscriptCheck(name, isMissing ? Failed : NotChecked, "The transcript has no identity for this side.");
        }

        if (TranscriptJson.TryReadKey(party.PublicKey) is not { } key || key.Fingerprint.ToString() != party.Fingerprint)
        {
            return new TranscriptCheck(name, Failed, "The public key is not one, or not the fingerprint's.");
        }

        IdentityStatement? statement = ReadStatement(key, party);
        if (statement is null || !statement.Verify())
        {
            return new TranscriptCheck(name, Failed, $"{key.Fingerprint} did not sign this static key.");
        }

        // Where the message that carries the statement is there, its payload has room for exactly that.
        TranscriptMessage? carrier = transcript.Messages.FirstOrDefault(message => message.From == role && message.Number > 1);
        return carrier is not null && transcript.Protocol == StationProtocolV1.Name && carrier.PayloadLength != statement.PayloadLength
            ? new TranscriptCheck(name, Failed, $"The payload of message {carrier.Number} has {carrier.PayloadLength} bytes; the statement would have {statement.PayloadLength}.")
            : new TranscriptCheck(name, Passed, $"{key.Fingerprint} signed the static key {party.StaticKey} of {noise.Dh}.");
    }

    private static TranscriptCheck CheckHash(StationTranscript transcript, ProtocolName noise, IReadOnlyList<ReadOnlyMemory<byte>>? messages)
    {
        const string Name = "HandshakeHash";
        if (transcript.HandshakeHash is null)
        {
            bool isMissing = transcript.State == nameof(ManualHandshakeState.Completed);
            return new TranscriptCheck(Name, isMissing ? Failed : NotChecked, isMissing ? "It is missing, though the handshake was complete." : "The handshake was not complete, so there is none.");
        }

        if (messages is null || messages.Count != noise.MessageCount)
        {
            return new TranscriptCheck(Name, Failed, "There is one, but not the messages that it would be of.");
        }

        if (!PublicHandshakeHash.IsPossible(noise.Pattern))
        {
            return new TranscriptCheck(Name, NotChecked, $"{noise.Pattern.Name} mixes a pre-shared key into it; without that it cannot be computed.");
        }

        byte[] prologue;
        byte[] initiatorStatic;
        byte[] responderStatic;
        byte[] computed;
        try
        {
            prologue = Convert.FromHexString(transcript.Prologue);
            initiatorStatic = Convert.FromHexString(transcript.Initiator.StaticKey ?? string.Empty);
            responderStatic = Convert.FromHexString(transcript.Responder.StaticKey ?? string.Empty);
            computed = PublicHandshakeHash.Compute(noise, prologue, initiatorStatic, responderStatic, messages);
        }
        catch (Exception e) when (e is FormatException or StationException)
        {
            return new TranscriptCheck(Name, Failed, $"It cannot be computed: {e.Message}");
        }

        return transcript.HandshakeHash == Convert.ToHexStringLower(computed)
            ? new TranscriptCheck(Name, Passed, "It is that of this prologue and these messages.")
            : new TranscriptCheck(Name, Failed, $"It is not that of this prologue and these messages, {Convert.ToHexStringLower(computed)}.");
    }

    private static IdentityStatement? ReadStatement(StationPublicKey key, TranscriptParty party)
    {
        try
        {
            byte[] staticKey = Convert.FromHexString(party.StaticKey ?? string.Empty);
            byte[] signature = Convert.FromBase64String(party.Signature ?? string.Empty);
            return staticKey.Length == NoiseKeyPair.KeyLength ? new IdentityStatement(key, staticKey, signature) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
