namespace SecureStation.Core.Messages;

/// <summary>What a message's first frame says before the body, which begins at <paramref name="BodyOffset"/>.</summary>
internal readonly record struct MessageStart(
    ulong Id,
    ulong InReplyTo,
    StationMessageKind Kind,
    IReadOnlyList<KeyValuePair<string, string>> Headers,
    int BodyOffset);
