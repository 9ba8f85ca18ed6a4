namespace SecureStation.Core.Protocols;

/// <summary>The session protocols there are: the station protocol, and the legacy ones where their assembly is there.</summary>
public static class StationProtocols
{
    private static readonly Lazy<IReadOnlyList<IStationProtocol>> s_everything = new(
        static () => [Station!, .. LegacyProtocols.FindAll<IStationProtocol>().OrderBy(static protocol => protocol.Name, StringComparer.Ordinal)]);

    /// <summary>The station protocol, the only secure one and the default everywhere.</summary>
    public static IStationProtocol Station { get; } = new StationProtocol();

    /// <summary>All of them, the station protocol first.</summary>
    public static IReadOnlyList<IStationProtocol> All => s_everything.Value;

    /// <summary>The protocol with this name, in any case.</summary>
    /// <exception cref="StationException"><see cref="StationFault.NotFound"/>: there is none, or its assembly is not there.</exception>
    public static IStationProtocol Find(string name) =>
        All.FirstOrDefault(protocol => protocol.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw new StationException(StationFault.NotFound, $"There is no protocol '{name}' here; there are: {string.Join(", ", All.Select(static protocol => protocol.Name))}.") { Subject = StationSubject.Protocol };

    /// <summary>Refuses an insecure protocol that the caller has not allowed.</summary>
    /// <exception cref="StationException"><see cref="StationFault.LegacyNotAllowed"/>, naming what is insecure.</exception>
    internal static void RequireAllowed(IStationProtocol protocol, LegacyOptions options)
    {
        if (!protocol.IsSecure && !options.IsAllowed)
        {
            throw new StationException(StationFault.LegacyNotAllowed, $"{protocol.Name} is not secure: it {protocol.Weakness}. It was not allowed explicitly.");
        }
    }
}
