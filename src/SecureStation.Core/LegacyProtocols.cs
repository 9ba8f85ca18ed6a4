using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace SecureStation.Core;

/// <summary>
/// Finds the implementations of the old, insecure protocols. They are in an assembly of their own that may be absent: it is
/// loaded by name where it lies beside this one, into the same context, and nothing in Core or above names a type of it.
/// </summary>
public static class LegacyProtocols
{
    private const string AssemblyName = "SecureStation.Legacy";

    private static readonly Lazy<Assembly?> s_assembly = new(() => AssemblyBeside.Load(AssemblyName));

    /// <summary>Whether the assembly of the old protocols is there.</summary>
    public static bool IsPresent => s_assembly.Value is not null;

    /// <summary>Makes an instance of each public type there that implements an interface.</summary>
    public static IReadOnlyList<T> FindAll<T>()
        where T : class => s_assembly.Value is not { } assembly
            ? []
            : [.. assembly.GetExportedTypes()
                .Where(static type => type is { IsClass: true, IsAbstract: false } && typeof(T).IsAssignableFrom(type))
                .Select(static type => (T)Activator.CreateInstance(type)!)];

    /// <summary>The implementation of an interface that has one at most.</summary>
    public static bool TryFind<T>([NotNullWhen(true)] out T? implementation)
        where T : class
    {
        implementation = FindAll<T>().SingleOrDefault();
        return implementation is not null;
    }
}
