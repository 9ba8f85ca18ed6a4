using System.Text;
using SecureStation.Core.Sessions;

namespace SecureStation.Core.Transcripts.Diagrams;

/// <summary>
/// <code>
///  Initiator                                      Responder
///  SHA256:2ljAb…                                  SHA256:9xPqS…
///     │  1  e                                         │
///     ├──────────────── 32 bytes ────────────────────▶│  +0.4 ms
///     │     e 32 clear                                │
/// </code>
/// </summary>
internal static class TextDiagram
{
    private const int Width = 62;
    private const int Margin = 4;

    public static string Draw(StationTranscript transcript)
    {
        var text = new StringBuilder();
        Line(text, $"{transcript.Suite}, recorded by the {transcript.RecordedBy} at {transcript.StartedAt:u}");
        if (transcript.Security is { } security)
        {
            Line(text, security);
        }

        Line(text, string.Empty);
        Pair(text, nameof(StationRole.Initiator), nameof(StationRole.Responder));
        Pair(text, TranscriptDiagram.Describe(transcript.Initiator), TranscriptDiagram.Describe(transcript.Responder));
        Lane(text, string.Empty);
        foreach (TranscriptMessage message in transcript.Messages)
        {
            Lane(text, $"  {message.Number}  {TranscriptDiagram.TokensOf(message)}");
            Arrow(text, message);
            foreach (string field in message.Fields.Where(field => field.Length > 0).Select(field => field.ToString()))
            {
                Lane(text, $"     {field}");
            }

            Lane(text, string.Empty);
        }

        Line(text, TranscriptDiagram.Outcome(transcript));
        return Clean(text.ToString());
    }

    private static void Arrow(StringBuilder text, TranscriptMessage message)
    {
        string label = $" {message.Length} bytes ";
        int left = Math.Max(0, (Width - label.Length - 1) / 2);
        int right = Math.Max(0, Width - label.Length - 1 - left);
        string line = new string('─', left) + label + new string('─', right);
        string arrow = message.From == StationRole.Initiator ? $"├{line}▶│" : $"│◀{line}┤";
        Line(text, $"{new string(' ', Margin)}{arrow}  {TranscriptDiagram.Milliseconds(message.ElapsedMilliseconds)}");
    }

    private static void Lane(StringBuilder text, string content) =>
        Line(text, $"{new string(' ', Margin)}│{TranscriptDiagram.Shorten(content, Width - 1).PadRight(Width)}│");

    private static void Pair(StringBuilder text, string left, string right) => Line(text, $" {left.PadRight(Width)}{right}");

    private static void Line(StringBuilder text, string line) => text.Append(line.TrimEnd()).Append('\n');

    // A transcript from elsewhere must not bring escape sequences to a terminal.
    private static string Clean(string text) => ForeignText.Show(text, int.MaxValue, keepLines: true);
}
