namespace SecureStation.Chat;

/// <summary>
/// What a typed line asks for: words for the peer, or something of the chat itself. A line that begins with a slash is a command; two slashes say one.
/// </summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">The words, or what the command is about.</param>
internal readonly record struct ChatCommand(ChatCommandKind Kind, string Text)
{
    /// <summary>What /help says.</summary>
    public const string Help =
        """
        /send FILE   sends a file or folder; the other side must take files
        /who         who is at the other end
        /help        this
        //text       says a line that begins with a slash
        quit         leaves and closes the session; Ctrl+C leaves only
        """;

    /// <summary>Reads a line.</summary>
    public static ChatCommand Parse(string line)
    {
        if (line == "quit")
        {
            return new(ChatCommandKind.Quit, "");
        }

        if (!line.StartsWith('/'))
        {
            return new(ChatCommandKind.Say, line);
        }

        if (line.StartsWith("//", StringComparison.Ordinal))
        {
            return new(ChatCommandKind.Say, line[1..]);
        }

        int blank = line.IndexOf(' ', StringComparison.Ordinal);
        string word = blank < 0 ? line : line[..blank];
        string rest = blank < 0 ? "" : line[blank..].Trim();
        return word switch
        {
            "/send" when rest.Length > 0 => new(ChatCommandKind.Send, Unquote(rest)),
            "/who" => new(ChatCommandKind.Who, ""),
            "/help" or "/?" => new(ChatCommandKind.Help, ""),
            _ => new(ChatCommandKind.Unknown, word),
        };
    }

    private static string Unquote(string path) =>
        path.Length > 1 && path[0] is '\'' or '"' && path[^1] == path[0] ? path[1..^1] : path;
}
