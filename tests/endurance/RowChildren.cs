using SecureStation.Endurance.Rows;

namespace SecureStation.Endurance;

/// <summary>Processes that rows start of this program: <c>child KIND ARGUMENTS…</c>.</summary>
internal static class RowChildren
{
    private static readonly Dictionary<string, Func<string[], Task<int>>> s_kinds = new(StringComparer.Ordinal)
    {
        ["trust-writer"] = Rows.TrustStoreRow.WriteAsync,
        ["log-writer"] = Rows.LogKillRow.WriteAsync,
        ["secrets"] = Rows.SecretsRow.SearchAsync,
        ["small-listener"] = Rows.DescriptorsRow.ListenAsync,
        ["file-receiver"] = Rows.TransferKillRow.ReceiveAsync,
        ["file-sender"] = Rows.TransferKillRow.SendAsync,
        ["idle-clients"] = Rows.IdleRow.ConnectAsync,
        ["mailbox-consumer"] = MailboxConsumer.RunAsync,
        [StateChild.Server] = StateChild.ListenAsync,
        [StateChild.Client] = StateChild.ConnectAsync,
    };

    public static Task<int> RunAsync(string kind, string[] arguments) =>
        s_kinds.TryGetValue(kind, out Func<string[], Task<int>>? child) ? child(arguments) : Task.FromResult(2);
}
