namespace SecureStation.Core.Transport.Faults;

/// <summary>What goes wrong on a connection on purpose. It does not change; the counting is each <see cref="FaultyTransport"/>'s own.</summary>
public sealed class FaultPlan
{
    private readonly FaultRule[] _rules;

    /// <summary>Makes a plan.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: a rule that cannot be done.</exception>
    public FaultPlan(IEnumerable<FaultRule> rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        _rules = [.. rules];
        foreach (FaultRule rule in _rules)
        {
            rule.Check();
        }
    }

    /// <summary>The rules.</summary>
    public IReadOnlyList<FaultRule> Rules => _rules;

    /// <summary>Whether nothing goes wrong.</summary>
    public bool IsEmpty => _rules.Length == 0;

    /// <summary>The first rule for a message of one side.</summary>
    internal FaultRule? ForMessage(StationRole from, long number) =>
        Array.Find(_rules, rule => Concerns(rule, from) && rule.Message > 0 && number >= rule.Message && number < rule.Message + rule.Count);

    /// <summary>The first rule for a byte among those of one side from <paramref name="first"/> on.</summary>
    internal FaultRule? ForBytes(StationRole from, long first, long count) =>
        _rules.Where(rule => Concerns(rule, from) && rule.Byte >= first && rule.Byte < first + count).MinBy(rule => rule.Byte);

    private static bool Concerns(FaultRule rule, StationRole from) => rule.From is null || rule.From == from;
}
