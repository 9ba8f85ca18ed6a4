using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.DiffieHellman;
using SecureStation.Core.Handshake;
using SecureStation.Core.Keys;
using SecureStation.Core.Listening;
using SecureStation.Core.Messages;
using SecureStation.Core.Noise;
using SecureStation.Core.Notary;
using SecureStation.Core.Notary.Log;
using SecureStation.Core.Sessions;
using SecureStation.Core.Transcripts;
using SecureStation.Core.Transport;
using SecureStation.Core.Trust;

namespace SecureStation;

/// <summary>
/// Gives scripts names for the module's types, which lie in a private load context: <c>[StationSession]</c>, <c>[StationKeyPair]</c>.
/// Once a process; names that are taken stay with their owner; never removed, because other runspaces use them.
/// </summary>
public sealed class ModuleInitializer : IModuleAssemblyInitializer
{
    private static readonly Dictionary<string, Type> Names = new()
    {
        ["DhGroup"] = typeof(DhGroup),
        ["DhKeyPair"] = typeof(DhKeyPair),
        ["DhParameter"] = typeof(DhParameter),
        ["DhPublicKey"] = typeof(DhPublicKey),
        ["DhSharedSecret"] = typeof(DhSharedSecret),
        ["StationException"] = typeof(StationException),
        ["StationFault"] = typeof(StationFault),
        ["StationFingerprint"] = typeof(Fingerprint),
        ["StationFaultRule"] = typeof(FaultRule),
        ["StationHandshake"] = typeof(ManualHandshake),
        ["StationHandshakeMessage"] = typeof(HandshakeMessage),
        ["StationInvitation"] = typeof(StationInvitation),
        ["StationKeyAlgorithm"] = typeof(StationKeyAlgorithm),
        ["StationKeyPair"] = typeof(StationKeyPair),
        ["StationListener"] = typeof(StationListener),
        ["StationLoopback"] = typeof(StationLoopback),
        ["StationMessage"] = typeof(StationMessage),
        ["StationMessageKind"] = typeof(StationMessageKind),
        ["StationNoiseKeyPair"] = typeof(NoiseKeyPair),
        ["StationNotary"] = typeof(StationNotary),
        ["StationNotaryLogEntry"] = typeof(NotaryLogEntry),
        ["StationNotaryLogHead"] = typeof(NotaryLogHead),
        ["StationPeer"] = typeof(PeerRecord),
        ["StationProtectedMessage"] = typeof(ProtectedMessage),
        ["StationPublicKey"] = typeof(StationPublicKey),
        ["StationReceipt"] = typeof(StationReceipt),
        ["StationSession"] = typeof(StationSession),
        ["StationTranscript"] = typeof(StationTranscript),
        ["StationTimestamp"] = typeof(StationTimestamp),
        ["StationTrustMode"] = typeof(TrustMode),
    };

    private static int _isDone;

    /// <inheritdoc/>
    public void OnImport()
    {
        if (Interlocked.Exchange(ref _isDone, 1) != 0)
        {
            return;
        }

        // The class is internal to PowerShell, and the only way to name a type for scripts; it has been there since version 2.
        Type? accelerators = typeof(PSObject).Assembly.GetType("System.Management.Automation.TypeAccelerators");
        var taken = accelerators?.GetProperty("Get")?.GetValue(null) as IDictionary<string, Type>;
        var add = accelerators?.GetMethod("Add", [typeof(string), typeof(Type)])?.CreateDelegate<Action<string, Type>>();
        foreach ((string name, Type type) in Names)
        {
            if (taken is not null && !taken.ContainsKey(name))
            {
                add?.Invoke(name, type);
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
        ];
        string[] running = [.. kinds.Where(kind => kind.Count > 0).Select(kind => $"{kind.Count} {kind.Name}{(kind.Count == 1 ? string.Empty : "s")}")];
        return running.Length == 0
            ? null
            : $"SecureStation goes on in this process with {string.Join(", ", running)}. Import the module again to reach them: Get-StationListener, Get-StationSession.";
    }
}
