namespace SecureStation.Core.Auditing;

/// <summary>The words by which a log names what happened. They are part of its form: new ones may come, none changes.</summary>
internal static class AuditWords
{
    private static readonly Dictionary<AuditEventKind, string> s_words = new()
    {
        [AuditEventKind.LogStarted] = "log-started",
        [AuditEventKind.LogStopped] = "log-stopped",
        [AuditEventKind.Lost] = "lost",
        [AuditEventKind.ListenerStarted] = "listener-started",
        [AuditEventKind.ListenerStopped] = "listener-stopped",
        [AuditEventKind.Connected] = "connected",
        [AuditEventKind.Refused] = "refused",
        [AuditEventKind.ConnectFailed] = "connect-failed",
        [AuditEventKind.Ended] = "ended",
        [AuditEventKind.Trust] = "trust",
        [AuditEventKind.Transfer] = "transfer",
        [AuditEventKind.Request] = "request",
        [AuditEventKind.Connection] = "connection",
    };

    private static readonly Dictionary<string, AuditEventKind> s_kinds = s_words.ToDictionary(static one => one.Value, static one => one.Key);

    /// <summary>The word of a kind.</summary>
    public static string Of(AuditEventKind kind) => s_words[kind];

    /// <summary>The kind of a word; null for one that is not known.</summary>
    public static AuditEventKind? Find(string? word) => word is not null && s_kinds.TryGetValue(word, out AuditEventKind kind) ? kind : null;
}
