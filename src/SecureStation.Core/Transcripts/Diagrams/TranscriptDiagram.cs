using System.Globalization;

namespace SecureStation.Core.Transcripts.Diagrams;

/// <summary>Draws a transcript as a sequence diagram. A transcript may come from anywhere: what is not known text is escaped.</summary>
public static class TranscriptDiagram
{
    /// <summary>Draws it.</summary>
    public static string Draw(StationTranscript transcript, DiagramFormat format)
    {
        ArgumentNullException.ThrowIfNull(transcript);
        return format switch
        {
            DiagramFormat.Text => TextDiagram.Draw(transcript),
            DiagramFormat.Mermaid => MermaidDiagram.Draw(transcript),
            DiagramFormat.Html => HtmlDiagram.Draw(transcript),
            _ => throw new ArgumentOutOfRangeException(nameof(format)),
        };
    }

    /// <summary>A side's identity, or its static key, or nothing, on one short line.</summary>
    internal static string Describe(TranscriptParty party) =>
        party.Fingerprint is { } fingerprint ? Shorten(fingerprint, 24)
        : party.StaticKey is { } key ? $"static {Shorten(key, 16)}"
        : "anonymous";

    /// <summary>A side's identity in full, to be compared.</summary>
    internal static string Identify(TranscriptParty party) => party.Fingerprint ?? Describe(party);

    internal static TranscriptParty PartyOf(StationTranscript transcript, StationRole role) =>
        role == StationRole.Initiator ? transcript.Initiator : transcript.Responder;

    internal static string TokensOf(TranscriptMessage message) => message.Tokens.Length > 3 ? message.Tokens[3..] : message.Tokens;

    internal static string Milliseconds(double value) => $"+{value.ToString("0.0", CultureInfo.InvariantCulture)} ms";

    internal static string Shorten(string text, int length) => text.Length <= length ? text : $"{text[..length]}…";

    /// <summary>How it ended, in a few words.</summary>
    internal static string Outcome(StationTranscript transcript) =>
        transcript.Failure is { } failure ? $"Failed: {failure}"
        : transcript.HandshakeHash is { } hash ? $"Complete. Handshake hash {hash}"
        : $"Not complete: {transcript.State}";
}
