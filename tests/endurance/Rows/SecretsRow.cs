using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using SecureStation.Core;
using SecureStation.Core.Age;
using SecureStation.Core.Connecting;
using SecureStation.Core.DiffieHellman;
using SecureStation.Core.Keys;
using SecureStation.Core.Keys.Files;
using SecureStation.Core.Noise;
using SecureStation.Core.Sealing.Cards;
using SecureStation.Core.Sessions.Secure;
using SecureStation.Core.Trust;

namespace SecureStation.Endurance.Rows;

/// <summary>
/// Own secrets after they were given back: a child's whole writable memory is searched for those of invitations, sealing keys that a key store held, sessions
/// and Diffie-Hellman exchanges.
/// </summary>
internal sealed class SecretsRow() : StationRow("secrets", "secrets of four kinds looked for in memory after their end", 2000, 100, "found while in use, not afterwards", 60)
{
    private const int Each = 10;

    public override string? LeftOut => File.Exists("/proc/self/mem") ? null : "it reads /proc/self/mem";

    public override async Task<RowOutcome> RunAsync(RowContext context)
    {
        int secrets = 0, before = 0, after = 0, texts = 0;
        for (int round = 0; secrets < context.Count; round++)
        {
            using Process child = OwnProcess.Start("child", "secrets", Path.Combine(context.Folder, $"{round}"));
            string said = await child.StandardOutput.ReadToEndAsync(context.Token);
            await child.WaitForExitAsync(context.Token);
            int[] counts = [.. said.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static word => int.Parse(word, CultureInfo.InvariantCulture))];
            if (counts.Length != 4)
            {
                return new RowOutcome(secrets, "the child died", Passed: false, await child.StandardError.ReadToEndAsync(context.Token));
            }

            secrets += counts[0];
            before += counts[1];
            after += counts[2];
            texts += counts[3];
        }

        return new RowOutcome(secrets, $"{before} found in use; afterwards {after}, and {texts} as text", before == secrets && after == 0 && texts == 0);
    }

    /// <summary>The child: uses secrets, ends what held them, and says how many it found before and after.</summary>
    public static async Task<int> SearchAsync(string[] arguments)
    {
        var hashes = new HashSet<ulong>();
        (int before, Action end) = await UseAsync(arguments[0], hashes);
        end();

        // At once: what only the garbage collector would take away may stay for hours.
        (int after, int texts) = MemorySearch.Find(hashes);
        Console.WriteLine($"{hashes.Count} {before} {after} {texts}");
        return 0;
    }

    private static async Task<(int Before, Action End)> UseAsync(string folder, HashSet<ulong> hashes)
    {
        List<IDisposable> held = [.. Invite(hashes), Load(folder, hashes), .. Agree(hashes)];
        var sessions = new List<StationLoopback>();
        for (int i = 0; i < Each; i++)
        {
            StationLoopback pair = await StationLoopback.CreateAsync(limits: StationLimits.Default with { HandshakeTimeout = TimeSpan.FromSeconds(60) });
            hashes.Add(ExportSecret(Connection((SecureSession)pair.Left).Noise).Use(MemorySearch.Hash));
            sessions.Add(pair);
        }

        void End()
        {
            held.ForEach(static one => one.Dispose());
            sessions.ForEach(static pair => pair.DisposeAsync().AsTask().GetAwaiter().GetResult());
        }

        return (MemorySearch.Find(hashes).Secrets, End);
    }

    private static IEnumerable<IDisposable> Invite(HashSet<ulong> hashes)
    {
        using StationKeyPair key = StationKeyPair.Generate();
        for (int i = 0; i < Each; i++)
        {
            StationInvitation invitation = StationInvitation.Create("host", 1, key.Fingerprint, DateTimeOffset.UtcNow.AddHours(1), temporary: true);
            hashes.Add(invitation.UsePsk(static psk => MemorySearch.Hash(psk)));
            yield return invitation;
        }
    }

    // Made and written by one object, read by another, as a script does that receives mail.
    private static StationSealingKeys Load(string folder, HashSet<ulong> hashes)
    {
        var store = new KeyStore(folder);
        var sealing = new SealingKeyStore(store);
        using StationKeyPair identity = store.Save("bob", StationKeyPair.Generate());
        for (int i = 0; i < Each / 2; i++)
        {
            sealing.UpdateCard(identity, "bob", default, DateTimeOffset.UtcNow);
        }

        StationSealingKeys keys = sealing.Load("bob", default);
        foreach (StationSealingKey key in keys.Keys)
        {
            hashes.Add(Seed(key.Hybrid).Use(MemorySearch.Hash));
            hashes.Add(Seed(key.X25519).Use(MemorySearch.Hash));
        }

        return keys;
    }

    private static IEnumerable<IDisposable> Agree(HashSet<ulong> hashes)
    {
        for (int i = 0; i < Each; i++)
        {
            using DhKeyPair own = DhKeyPair.GenerateX25519();
            using DhKeyPair peer = DhKeyPair.GenerateX25519();
            DhSharedSecret secret = DhExchange.Agree(own, peer.PublicKey);
            byte[] copy = secret.ToBytes();
            hashes.Add(MemorySearch.Hash(copy));
            CryptographicOperations.ZeroMemory(copy);
            yield return secret;
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_seed")]
    private static extern ref SecretBytes Seed(HybridIdentity identity);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_seed")]
    private static extern ref SecretBytes Seed(X25519Identity identity);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_connection")]
    private static extern ref SecureConnection Connection(SecureSession session);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_exportSecret")]
    private static extern ref SecretBytes ExportSecret(TransportState transport);
}
