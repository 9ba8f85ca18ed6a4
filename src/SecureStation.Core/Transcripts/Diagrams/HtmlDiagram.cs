using System.Globalization;
using System.Net;
using System.Text;
using SecureStation.Core.Handshake;

namespace SecureStation.Core.Transcripts.Diagrams;

/// <summary>One HTML file: an SVG drawing with its style beside it, no script, and nothing to fetch.</summary>
internal static class HtmlDiagram
{
    private const int Left = 150;
    private const int Right = 810;
    private const int Top = 84;
    private const int RowHeight = 92;

    private const string Style = """
        :root { color-scheme: light dark; --ink: #1d2733; --soft: #5d6b7a; --line: #b9c4d0; --card: #f5f7fa; --clear: #f2b84b; --public: #e58f4e; --secret: #3f7fca; --on-clear: #2b2108; --on-secret: #fff; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e4eaf1; --soft: #9aa8b7; --line: #46525f; --card: #202a35; } body { background: #161d25; } }
        body { font: 15px/1.5 system-ui, "Segoe UI", sans-serif; color: var(--ink); max-width: 1000px; margin: 2rem auto; padding: 0 1rem; }
        h1 { font-size: 1.25rem; margin: 0; overflow-wrap: anywhere; } .about { color: var(--soft); margin: .2rem 0 1rem; }
        svg { width: 100%; height: auto; } text { fill: var(--ink); font: 14px system-ui, "Segoe UI", sans-serif; }
        .role { font-weight: 600; font-size: 16px; } .small { fill: var(--soft); font-size: 12px; } .mono { font-family: ui-monospace, Consolas, monospace; }
        .lane { stroke: var(--line); stroke-width: 2; } .box { fill: var(--card); stroke: var(--line); } .arrow { stroke: var(--ink); stroke-width: 1.6; } .head { fill: var(--ink); }
        .clear { fill: var(--clear); } .public { fill: var(--public); } .secret { fill: var(--secret); } .on-clear, .on-public { fill: var(--on-clear); font-size: 12px; } .on-secret { fill: var(--on-secret); font-size: 12px; }
        .legend span { display: inline-block; margin-right: 1.2rem; } .legend i { display: inline-block; width: .9em; height: .9em; border-radius: 3px; margin-right: .4em; vertical-align: -1px; }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; } dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; font-family: ui-monospace, Consolas, monospace; font-size: 13px; }
        .failed { color: #c0392b; font-weight: 600; }
        """;

    public static string Draw(StationTranscript transcript)
    {
        int height = Top + (transcript.Messages.Count * RowHeight) + 24;
        var html = new StringBuilder();
        html.Append($"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <title>{Encode(transcript.Suite)}</title>
            <style>
            {Style}
            </style>
            </head>
            <body>
            <h1>{Encode(transcript.Suite)}</h1>
            <p class="about">Recorded by the {transcript.RecordedBy} at {transcript.StartedAt:u}. This shows what one side recorded; it is not evidence of the other.</p>
            <svg viewBox="0 0 960 {height}" role="img" aria-label="Sequence diagram of the handshake">
            <line class="lane" x1="{Left}" y1="56" x2="{Left}" y2="{height}"/>
            <line class="lane" x1="{Right}" y1="56" x2="{Right}" y2="{height}"/>

            """);
        Party(html, Left, StationRole.Initiator, transcript.Initiator);
        Party(html, Right, StationRole.Responder, transcript.Responder);
        for (int i = 0; i < transcript.Messages.Count; i++)
        {
            Message(html, transcript.Messages[i], Top + (i * RowHeight));
        }

        html.Append("""
            </svg>
            <p class="legend"><span><i style="background:var(--clear)"></i>in clear</span><span><i style="background:var(--secret)"></i>encrypted</span><span><i style="background:var(--public)"></i>encrypted under a key that everyone can compute</span></p>
            <dl>

            """);
        Row(html, "Security", transcript.Security);
        Row(html, "State", transcript.State);
        Row(html, "Failure", transcript.Failure, "failed");
        Row(html, "Handshake hash", transcript.HandshakeHash);
        Row(html, "Session", transcript.SessionId);
        Facts(html, nameof(StationRole.Initiator), transcript.Initiator);
        Facts(html, nameof(StationRole.Responder), transcript.Responder);
        Row(html, "Signed by", transcript.SignerFingerprint);
        html.Append("</dl>\n</body>\n</html>\n");
        return html.ToString();
    }

    private static void Party(StringBuilder html, int x, StationRole role, TranscriptParty party)
    {
        html.Append(CultureInfo.InvariantCulture, $"<rect class=\"box\" x=\"{x - 135}\" y=\"4\" width=\"270\" height=\"52\" rx=\"8\"/>\n");
        html.Append(CultureInfo.InvariantCulture, $"<text class=\"role\" x=\"{x}\" y=\"26\" text-anchor=\"middle\">{role}</text>\n");
        html.Append(CultureInfo.InvariantCulture, $"<text class=\"small mono\" x=\"{x}\" y=\"45\" text-anchor=\"middle\">{Encode(TranscriptDiagram.Describe(party))}</text>\n");
    }

    private static void Message(StringBuilder html, TranscriptMessage message, int y)
    {
        bool toRight = message.From == StationRole.Initiator;
        int middle = (Left + Right) / 2;
        int arrowY = y + 28;
        int tip = toRight ? Right - 2 : Left + 2;
        int back = toRight ? tip - 11 : tip + 11;
        html.Append(CultureInfo.InvariantCulture, $"<text x=\"{middle}\" y=\"{y + 18}\" text-anchor=\"middle\"><tspan class=\"small\">{message.Number}.</tspan> <tspan class=\"mono\">{Encode(TranscriptDiagram.TokensOf(message))}</tspan></text>\n");
        html.Append(CultureInfo.InvariantCulture, $"<line class=\"arrow\" x1=\"{(toRight ? Left : Right)}\" y1=\"{arrowY}\" x2=\"{back}\" y2=\"{arrowY}\"/>\n");
        html.Append(CultureInfo.InvariantCulture, $"<path class=\"head\" d=\"M{tip} {arrowY} L{back} {arrowY - 5} L{back} {arrowY + 5} Z\"/>\n");
        html.Append(CultureInfo.InvariantCulture, $"<text class=\"small\" x=\"{(toRight ? Left - 12 : Right + 12)}\" y=\"{arrowY + 4}\" text-anchor=\"{(toRight ? "end" : "start")}\">{Encode(TranscriptDiagram.Milliseconds(message.ElapsedMilliseconds))}</text>\n");
        Fields(html, message, arrowY + 12);
    }

    /// <summary>The message's parts as a bar, each at least wide enough to be read.</summary>
    private static void Fields(StringBuilder html, TranscriptMessage message, int y)
    {
        HandshakeField[] fields = [.. message.Fields.Where(field => field.Length > 0)];
        const int Room = Right - Left - 60;
        const int Least = 90;
        double share = Math.Max(0, Room - (Least * fields.Length) - 120) / (double)Math.Max(1, message.Length);
        double[] widths = [.. fields.Select(field => Least + (field.Length * share))];
        double x = ((Left + Right) / 2.0) - (widths.Sum() / 2);
        for (int i = 0; i < fields.Length; i++)
        {
            HandshakeField field = fields[i];
            string kind = field.IsSecret ? "secret" : field.IsEncrypted ? "public" : "clear";
            html.Append(CultureInfo.InvariantCulture, $"<rect class=\"{kind}\" x=\"{x:0.#}\" y=\"{y}\" width=\"{widths[i] - 3:0.#}\" height=\"22\" rx=\"4\"><title>{Encode(field.ToString())}</title></rect>");
            html.Append(CultureInfo.InvariantCulture, $"<text class=\"on-{kind}\" x=\"{x + (widths[i] / 2):0.#}\" y=\"{y + 15}\" text-anchor=\"middle\">{Encode(field.Name)} · {field.Length}</text>\n");
            x += widths[i];
        }

        html.Append(CultureInfo.InvariantCulture, $"<text class=\"small\" x=\"{x + 6:0.#}\" y=\"{y + 15}\">{message.Length} bytes</text>\n");
    }

    private static void Facts(StringBuilder html, string role, TranscriptParty party)
    {
        Row(html, role, party.Fingerprint);
        Row(html, $"{role}'s static key", party.StaticKey);
    }

    private static void Row(StringBuilder html, string name, string? value, string? style = null)
    {
        if (value is not null)
        {
            html.Append($"<dt>{Encode(name)}</dt><dd{(style is null ? string.Empty : $" class=\"{style}\"")}>{Encode(value)}</dd>\n");
        }
    }

    private static string Encode(string text) => WebUtility.HtmlEncode(ForeignText.Show(text, int.MaxValue));
}
