// dotnet run -c Release --project benchmarks -- compare | primitives | dh | notary | idle | sessions | trust | transfer | mailbox | durable | legacy
using SecureStation.Benchmarks;

return args switch
{
    ["compare", .. var rest] => await CompareBenchmark.RunAsync(rest),
    ["profile", var what, .. var on] => await ProfileBenchmark.RunAsync(what, on.FirstOrDefault("station")),
    ["primitives", ..] => PrimitivesBenchmark.Run(),
    ["dh", .. var rest] => DhBenchmark.Run(rest),
    ["notary", .. var rest] => NotaryBenchmark.Run(rest),
    ["idle", ..] => await IdleBenchmark.RunAsync(),
    ["sessions", .. var rest] => await SessionsBenchmark.RunAsync(rest),
    ["sessions-client", var port] => await SessionsBenchmark.RunClientAsync(port),
    ["trust", .. var rest] => TrustBenchmark.Run(rest),
    ["transfer", .. var rest] => await TransferBenchmark.RunAsync(rest),
    ["mailbox", .. var rest] => MailboxBenchmark.Run(rest) + await MailFlowBenchmark.RunAsync([]),
    ["mail", .. var rest] => await MailFlowBenchmark.RunAsync(rest),
    ["durable", .. var rest] => await DurableBenchmark.RunAsync(rest),
    ["legacy", ..] => LegacyBenchmark.Run(),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        usage: dotnet run -c Release --project benchmarks -- WHAT
          compare [SECONDS [ROW [WARMUP]]]  plain TCP, SslStream, a station session and the machine's limit side by side on loopback, and their
                              ratios; SECONDS of each round, all rows or those with a word in their names, seconds of running in before them
          profile WHAT [ON]   one measure alone for 10 s, for a profiler: connect | bulk | small | paced | echo, on station | tls | tcp | limit (bulk)
          primitives          AEAD, X25519 and Ed25519 costs
          dh [SECONDS]        finite-field Diffie-Hellman beside openssl speed
          notary [SECONDS]    timestamps over HTTP beside the raw signing rate of the same key
          idle                memory of an idle session
          sessions [N ...]    messages a second through one listener with 10, 1,000 and 10,000 sessions open
          trust [N [FOLDER]]  the trust store with 10,000 records: what a connection asks, and what is written
          transfer [MIB]      a file over a session, from memory to memory, beside bulk messages and SHA-256
          mailbox [MIB]       a file that is sealed and opened, from memory to memory, beside ChaCha20-Poly1305 and SHA-256; then mail
          mail [N]            mail through a folder and NATS beside plain bodies with the same flushes and stream writes
          durable [N]         64-byte messages with a state on both sides beside a plain loop that does the same to two SQLite files
          legacy              messages a second of the two old chats over loopback
        """);
    return 2;
}
