namespace SecureStation.Fuzz;

/// <summary>The targets of this build; those of the old protocols are missing where these are.</summary>
public static class FuzzTargets
{
    /// <summary>All of them, by name.</summary>
    public static IReadOnlyList<IFuzzTarget> All { get; } =
    [
        .. typeof(FuzzTargets).Assembly.GetTypes()
            .Where(static type => type is { IsClass: true, IsAbstract: false } && typeof(IFuzzTarget).IsAssignableFrom(type))
            .Select(static type => (IFuzzTarget)Activator.CreateInstance(type)!)
            .OrderBy(static target => target.Name, StringComparer.Ordinal),
    ];

    /// <summary>The target of a name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static IFuzzTarget Find(string name) =>
        All.FirstOrDefault(target => target.Name == name) ?? throw new ArgumentException($"There is no target '{name}': {string.Join(", ", All.Select(static target => target.Name))}.");
}
