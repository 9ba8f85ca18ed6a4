// dotnet run -c Release --project benchmarks -- compare | primitives | idle | legacy
using SecureStation.Benchmarks;

return args switch
{
    ["compare", .. var rest] => await CompareBenchmark.RunAsync(rest),
    ["primitives", ..] => PrimitivesBenchmark.Run(),
    ["idle", ..] => await IdleBenchmark.RunAsync(),
    ["legacy", ..] => LegacyBenchmark.Run(),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        usage: dotnet run -c Release --project benchmarks -- WHAT
          compare [SECONDS]   plain TCP, SslStream and a station session side by side on loopback, and their ratios
          primitives          AEAD, X25519 and Ed25519 costs
          idle                memory of an idle session
          legacy              messages a second of the two old chats over loopback
        """);
    return 2;
}
