using SecureStation.Core.Handshake;

namespace SecureStation.Core.Tests.Protocol;

/// <summary>One of the document's examples.</summary>
/// <param name="Prefix">What the names of its blocks and markers begin with.</param>
/// <param name="Suite">The suite.</param>
internal sealed record ExampleSession(string Prefix, StationSuite Suite)
{
    public static ExampleSession Classical { get; } = new("", StationSuite.Parse(Suites.Classical));

    public static ExampleSession Hybrid { get; } = new("hybrid-", StationSuite.Parse(Suites.Hybrid));

    public static ExampleSession Find(string suite) => suite == Suites.Hybrid ? Hybrid : Classical;
}
