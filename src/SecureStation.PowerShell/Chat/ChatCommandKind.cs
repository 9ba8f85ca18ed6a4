namespace SecureStation.Chat;

/// <summary>What a typed line of a chat can be.</summary>
internal enum ChatCommandKind
{
    /// <summary>Words for the peer.</summary>
    Say,

    /// <summary>A file or folder for the peer.</summary>
    Send,

    /// <summary>Who is at the other end.</summary>
    Who,

    /// <summary>What can be typed.</summary>
    Help,

    /// <summary>The end of the chat and of the session.</summary>
    Quit,

    /// <summary>A word after a slash that means nothing.</summary>
    Unknown,
}
