using System.Text.Json.Serialization;
using SecureStation.Core.Handshake;
using SecureStation.Core.Handshake.ByHand;
using SecureStation.Core.Noise;
using SecureStation.Core.Sessions;

namespace SecureStation.Core.Transcripts;

/// <summary>
/// What went over the wire in a handshake, and who took part: every message, its tokens, times and sizes. It is made of wire bytes and public
/// keys alone, so no secret can be in it. Signed, it is evidence of whoever signed it, not of the peer: with its keys a side can make up
/// such a handshake alone (XX is deniable).
/// </summary>
public sealed record StationTranscript
{
    /// <summary>What the <see cref="Format"/> of this version says.</summary>
    public const string CurrentFormat = "SecureStation transcript 1";

    /// <summary><see cref="CurrentFormat"/>.</summary>
    public required string Format { get; init; }

    /// <summary><c>Station</c>, or <c>Noise</c> for a raw Noise handshake.</summary>
    public required string Protocol { get; init; }

    /// <summary>The Noise protocol name.</summary>
    public required string Suite { get; init; }

    /// <summary>What the suite holds against a quantum computer: <c>secrecy: hybrid, authentication: classical</c>; null where it is no Noise protocol.</summary>
    [JsonIgnore]
    public string? Security => ProtocolName.TryParse(Suite, out ProtocolName? noise) ? noise.Security : null;

    /// <summary>The side that recorded it: times and decisions are this side's.</summary>
    public required StationRole RecordedBy { get; init; }

    /// <summary><c>Completed</c>, or what the handshake waited for, or <c>Failed</c>.</summary>
    public required string State { get; init; }

    /// <summary>Why it failed: the fault's name and the text; null where it did not.</summary>
    public string? Failure { get; init; }

    /// <summary>The session that it led to; null where there is none.</summary>
    public string? SessionId { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When the last message was through.</summary>
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>The prologue, hex: in the station's own handshake the preamble of the suite.</summary>
    public required string Prologue { get; init; }

    /// <summary>h after the last message, hex; null where there is none. It is public, not a key.</summary>
    public string? HandshakeHash { get; init; }

    /// <summary>The side that sends message 1.</summary>
    public required TranscriptParty Initiator { get; init; }

    /// <summary>The side that answers message 1.</summary>
    public required TranscriptParty Responder { get; init; }

    /// <summary>The messages in order.</summary>
    public required IReadOnlyList<TranscriptMessage> Messages { get; init; }

    /// <summary>Who signed the file: SubjectPublicKeyInfo, base64; null where nobody has.</summary>
    public string? SignedBy { get; init; }

    /// <summary>The fingerprint of <see cref="SignedBy"/>, as far as that can be read.</summary>
    [JsonIgnore]
    public string? SignerFingerprint => TranscriptJson.TryReadKey(SignedBy)?.Fingerprint.ToString();

    /// <summary>Whether it was read from a file, or written to one.</summary>
    [JsonIgnore]
    public bool IsStored => StoredBytes is not null;

    /// <summary>Whether a signature lies beside it.</summary>
    [JsonIgnore]
    public bool IsSigned => StoredSignature is not null;

    /// <summary>The file's bytes, which are what is signed.</summary>
    internal byte[]? StoredBytes { get; init; }

    /// <summary>The signature beside it, purpose <c>transcript</c>.</summary>
    internal byte[]? StoredSignature { get; init; }

    /// <summary>The transcript of a session's handshake.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidState"/>: the session's protocol has no Noise handshake.</exception>
    public static StationTranscript Of(StationSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        SessionDescription description = session.Description;
        if (!ProtocolName.TryParse(description.Suite, out ProtocolName? noise))
        {
            throw new StationException(StationFault.InvalidState, $"The protocol {description.Protocol} has no handshake that could be recorded.");
        }

        TranscriptParty local = PartyOf(description.LocalStatement, description.LocalStatic);
        TranscriptParty remote = PartyOf(description.RemoteStatement, description.RemoteStatic);
        return Create(
            description.Protocol,
            noise,
            description.Role,
            local,
            remote,
            description.Prologue,
            description.HandshakeSteps,
            description.StartedAt,
            Convert.ToHexStringLower(description.HandshakeHash.Span)) with
        {
            State = nameof(ManualHandshakeState.Completed),
            SessionId = description.Id,
        };
    }

    /// <summary>The transcript of a handshake that is driven by hand, as far as it has come.</summary>
    public static StationTranscript Of(ManualHandshake handshake)
    {
        ArgumentNullException.ThrowIfNull(handshake);
        var station = handshake as ManualStationHandshake;
        TranscriptParty local = PartyOf(station?.LocalStatement, handshake.LocalStatic);
        TranscriptParty remote = PartyOf(station?.RemoteStatement, handshake.RemoteStatic);
        bool isComplete = handshake.MessagesDone == handshake.MessageCount && handshake.Failure is null;
        return Create(
            handshake.Protocol,
            handshake.Noise,
            handshake.Role,
            local,
            remote,
            handshake.Prologue,
            handshake.Steps,
            handshake.StartedAt,
            isComplete ? handshake.HandshakeHash : null) with
        {
            State = handshake.State.ToString(),
            Failure = handshake.Failure is { } failure ? $"{failure.Fault}: {failure.Message}" : null,
        };
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Suite}: {Messages.Count} messages, {State}";

    private static StationTranscript Create(
        string protocol,
        ProtocolName noise,
        StationRole role,
        TranscriptParty local,
        TranscriptParty remote,
        ReadOnlyMemory<byte> prologue,
        IReadOnlyList<HandshakeStep> steps,
        DateTimeOffset startedAt,
        string? handshakeHash)
    {
        DateTimeOffset last = startedAt;
        var messages = new List<TranscriptMessage>(steps.Count);
        foreach (HandshakeStep step in steps.ToArray())
        {
            messages.Add(new TranscriptMessage
            {
                Number = step.Number,
                From = step.IsFromInitiator ? StationRole.Initiator : StationRole.Responder,
                Tokens = noise.Pattern.Messages[step.Number - 1].ToString(),
                At = step.At,
                ElapsedMilliseconds = Math.Round((step.At - last).TotalMilliseconds, 3),
                Length = step.Message.Length,
                PayloadLength = step.PayloadLength,
                Fields = HandshakeFields.Of(noise.Pattern.Messages[step.Number - 1], step.Message.Length),
                Message = Convert.ToBase64String(step.Message.Span),
            });
            last = step.At;
        }

        return new StationTranscript
        {
            Format = CurrentFormat,
            Protocol = protocol,
            Suite = noise.Name,
            RecordedBy = role,
            State = string.Empty,
            StartedAt = startedAt,
            CompletedAt = messages.Count == noise.MessageCount ? last : null,
            Prologue = Convert.ToHexStringLower(prologue.Span),
            HandshakeHash = handshakeHash,
            Initiator = role == StationRole.Initiator ? local : remote,
            Responder = role == StationRole.Initiator ? remote : local,
            Messages = messages,
        };
    }

    private static TranscriptParty PartyOf(IdentityStatement? statement, string? staticKey) => new()
    {
        Fingerprint = statement?.Identity.Fingerprint.ToString(),
        PublicKey = statement is null ? null : Convert.ToBase64String(statement.Identity.SubjectPublicKeyInfo.Span),
        StaticKey = statement is null ? staticKey : Convert.ToHexStringLower(statement.StaticKey.Span),
        Signature = statement is null ? null : Convert.ToBase64String(statement.Signature.Span),
    };
}
