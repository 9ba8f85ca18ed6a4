using System.Management.Automation;
using SecureStation.Core.Handshake.ByHand;
using SecureStation.Core.Trust;

namespace SecureStation;

/// <summary>
/// Gives scripts names for the module's types, which lie in a private load context where PowerShell does not look: each public type by its
/// full name, <c>[SecureStation.Core.StationException]</c>, and by a short one, <c>[StationException]</c>.
/// Once a process; names that are taken stay with their owner; never removed, because other runspaces use them.
/// </summary>
/// <remarks>Names that bring their assembly with them, as generated code writes them, are answered by the loader.</remarks>
public sealed class ModuleInitializer : IModuleAssemblyInitializer
{
    // What the commands call these things; the rule of ShortName gives them another name besides.
    private static readonly (string Name, Type Type)[] s_nicknames =
    [
        ("StationHandshake", typeof(ManualHandshake)),
        ("StationPeer", typeof(PeerRecord)),
    ];

    private static int s_isDone;

    /// <inheritdoc/>
    public void OnImport()
    {
        if (Interlocked.Exchange(ref s_isDone, 1) != 0)
        {
            return;
        }

        // The class is internal to PowerShell, and the only way to name a type for scripts; it has been there since version 2.
        Type? accelerators = typeof(PSObject).Assembly.GetType("System.Management.Automation.TypeAccelerators");
        if (accelerators?.GetProperty("Get")?.GetValue(null) is not IDictionary<string, Type> taken
            || accelerators.GetMethod("Add", [typeof(string), typeof(Type)])?.CreateDelegate<Action<string, Type>>() is not { } add)
        {
            return;
        }

        foreach ((string name, Type type) in Names())
        {
            if (!taken.ContainsKey(name))
            {
                add(name, type);
            }
        }
    }

    /// <summary>What of this process goes on when the module is removed, as a sentence for people; null where that is nothing.</summary>
    public static string? DescribeRunning()
    {
        StationRegistry registry = StationRegistry.Current;
        (int Count, string Name)[] kinds =
        [
            (registry.Listeners.Count, "listener"),
            (registry.Sessions.Count, "session"),
            (registry.Notaries.Count, "notary server"),
            (registry.DhServers.Count, "Diffie-Hellman server"),
            (registry.Logs.Count, "log"),
            (registry.Mailboxes.Count, "connected mailbox"),
        ];
        string[] running = [.. kinds.Where(kind => kind.Count > 0).Select(kind => $"{kind.Count} {kind.Name}{(kind.Count == 1 ? string.Empty : kind.Name.EndsWith('x') ? "es" : "s")}")];
        return running.Length == 0
            ? null
            : $"SecureStation goes on in this process with {string.Join(", ", running)}. Import the module again to reach them: Get-StationListener, Get-StationSession.";
    }

    /// <summary>Every name with its type.</summary>
    private static IEnumerable<(string Name, Type Type)> Names()
    {
        Type[] types = [.. new[] { typeof(Core.StationException).Assembly, typeof(ModuleInitializer).Assembly }
            .SelectMany(static assembly => assembly.GetExportedTypes())
            .Where(static type => !type.IsGenericTypeDefinition)];
        return types.Select(static type => (type.FullName!, type))
            .Concat(s_nicknames)
            .Concat(types.Where(static type => !type.IsNested).Select(static type => (ShortName(type), type)));
    }

    /// <summary>The type's own name, with Station before it unless it says already whose it is: <c>[StationFingerprint]</c>, <c>[DhKeyPair]</c>.</summary>
    private static string ShortName(Type type) =>
        type.Name.Contains("Station", StringComparison.Ordinal) || type.Name.StartsWith("Dh", StringComparison.Ordinal) ? type.Name : "Station" + type.Name;
}
