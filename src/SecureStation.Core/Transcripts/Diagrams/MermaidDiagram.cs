using System.Text;

namespace SecureStation.Core.Transcripts.Diagrams;

/// <summary>A <see href="https://mermaid.js.org/syntax/sequenceDiagram.html">sequenceDiagram</see>.</summary>
internal static class MermaidDiagram
{
    public static string Draw(StationTranscript transcript)
    {
        var text = new StringBuilder("sequenceDiagram\n");
        Participant(text, StationRole.Initiator, transcript);
        Participant(text, StationRole.Responder, transcript);
        Note(text, "over Initiator,Responder", transcript.Security is { } security ? $"{transcript.Suite}, {security}" : transcript.Suite);
        foreach (TranscriptMessage message in transcript.Messages)
        {
            string arrow = message.From == StationRole.Initiator ? "Initiator->>Responder" : "Responder->>Initiator";
            text.Append($"    {arrow}: {Escape($"{message.Number}: {TranscriptDiagram.TokensOf(message)} ({message.Length} bytes, {TranscriptDiagram.Milliseconds(message.ElapsedMilliseconds)})")}\n");
            string side = message.From == StationRole.Initiator ? "left of Initiator" : "right of Responder";
            Note(text, side, string.Join(", ", message.Fields.Where(field => field.Length > 0)));
        }

        Note(text, "over Initiator,Responder", TranscriptDiagram.Outcome(transcript));
        return text.ToString();
    }

    private static void Participant(StringBuilder text, StationRole role, StationTranscript transcript) =>
        text.Append($"    participant {role} as {role}<br/>{Escape(TranscriptDiagram.Describe(TranscriptDiagram.PartyOf(transcript, role)))}\n");

    private static void Note(StringBuilder text, string where, string content) => text.Append($"    Note {where}: {Escape(content)}\n");

    // Mermaid's own escape is #code;. Everything that could end a line or mean something gets it.
    private static string Escape(string text) =>
        string.Concat(text.Select(c => char.IsAsciiLetterOrDigit(c) || " .,:+-()/=…".Contains(c) ? c.ToString() : $"#{(int)c};"));
}
