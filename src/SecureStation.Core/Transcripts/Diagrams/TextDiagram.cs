using System.Text;

namespace SecureStation.Core.Transcripts.Diagrams;

/// <summary>
/// <code>
///  Initiator SHA256:2ljAb…
///  Responder SHA256:9xPqS…
///
///     Initiator                                     Responder
///     │  1  e                                         │
///     ├──────────────── 32 bytes ────────────────────▶│  +0.4 ms
///     │     e 32 clear                                │
/// </code>
/// </summary>
internal static class TextDiagram
{
    private const int Width = 58;
    private const int Margin = 4;

    // What a terminal shows on a line, so that nothing wraps by itself.
    private const int Screen = 79;

    public static string Draw(StationTranscript transcript)
    {
        var text = new StringBuilder();
        Filled(text, $"{transcript.Suite}, recorded by the {transcript.RecordedBy} at {transcript.StartedAt:u}");
        if (transcript.Security is { } security)
        {
            Filled(text, security);
        }

        Filled(text, $" {nameof(StationRole.Initiator)} {TranscriptDiagram.Identify(transcript.Initiator)}");
        Filled(text, $" {nameof(StationRole.Responder)} {TranscriptDiagram.Identify(transcript.Responder)}");
        Line(text, string.Empty);
        Line(text, $" {nameof(StationRole.Initiator).PadRight(Width)}{nameof(StationRole.Responder)}");
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

        Filled(text, TranscriptDiagram.Outcome(transcript));
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

    // Between words where it can, else within one: a hash is longer than what is left of a line.
    private static void Filled(StringBuilder text, string content)
    {
        while (content.Length > Screen)
        {
            int blank = content.LastIndexOf(' ', Screen);
            int end = blank > Margin ? blank : Screen;
            Line(text, content[..end]);
            content = new string(' ', Margin) + content[end..].TrimStart();
        }

        Line(text, content);
    }

    private static void Line(StringBuilder text, string line) => text.Append(line.TrimEnd()).Append('\n');

    // A transcript from elsewhere must not bring escape sequences to a terminal.
    private static string Clean(string text) => ForeignText.Show(text, int.MaxValue, keepLines: true);
}
