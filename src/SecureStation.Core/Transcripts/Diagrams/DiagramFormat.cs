namespace SecureStation.Core.Transcripts.Diagrams;

/// <summary>What a sequence diagram is written as.</summary>
public enum DiagramFormat
{
    /// <summary>Lines for a terminal.</summary>
    Text,

    /// <summary>Mermaid's language, which Markdown renderers draw.</summary>
    Mermaid,

    /// <summary>One HTML file with everything in it.</summary>
    Html,
}
