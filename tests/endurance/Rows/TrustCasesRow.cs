using SecureStation.Core;
using SecureStation.Core.Connecting;
using SecureStation.Core.Keys;
using SecureStation.Core.Listening;
using SecureStation.Core.Sessions;
using SecureStation.Core.Trust;

namespace SecureStation.Endurance.Rows;

/// <summary>Who may connect to whom: strangers, known and revoked peers, changed keys, first use, invitations used once, twice and by others.</summary>
internal sealed class TrustCasesRow() : StationRow("trust", "trust decisions over real connections", 1000, 110, "each as the table says", 60)
{
    public override async Task<RowOutcome> RunAsync(RowContext context)
    {
        int done = 0;
        for (int round = 0; done < context.Count; round++)
        {
            done += await RoundAsync(Path.Combine(context.Folder, $"{round}"), context.Token);
        }

        return new RowOutcome(done, $"{done} decisions as they should be", Passed: true);
    }

    private static async Task<int> RoundAsync(string folder, CancellationToken token)
    {
        using StationKeyPair server = StationKeyPair.Generate();
        using StationKeyPair other = StationKeyPair.Generate();
        using StationKeyPair alice = StationKeyPair.Generate();
        using StationKeyPair stranger = StationKeyPair.Generate();
        var admitted = new FileTrustStore(Path.Combine(folder, "server"));
        var known = new FileTrustStore(Path.Combine(folder, "alice"));
        admitted.Add(new PeerRecord { Name = "alice", Fingerprint = alice.Fingerprint, PublicKey = alice.PublicKey, Accept = true }, replace: false);
        await using StationListener listener = Strict(server, admitted);
        await using StationListener impostor = Strict(other, admitted);
        string address = $"127.0.0.1:{listener.Port}";

        await ExpectAsync(StationFault.PeerUntrusted, Client(listener.Port, alice, new ClientTrust { Store = known, Address = address }), token);
        await ExpectAsync(null, Client(listener.Port, alice, new ClientTrust { Store = known, Address = address, Mode = TrustMode.FirstUse }), token);
        await ExpectAsync(null, Client(listener.Port, alice, new ClientTrust { Store = known, Address = address }), token);
        await ExpectAsync(StationFault.PeerKeyChanged, Client(impostor.Port, alice, new ClientTrust { Store = known, Address = address, Mode = TrustMode.FirstUse }), token);
        await ExpectAsync(StationFault.PeerRefused, Client(listener.Port, stranger, new ClientTrust { ExpectedFingerprint = server.Fingerprint }), token);
        await ExpectAsync(StationFault.PeerUntrusted, Client(listener.Port, alice, new ClientTrust { ExpectedFingerprint = other.Fingerprint }), token);

        StationInvitation invitation = listener.CreateInvitation(1, TimeSpan.FromMinutes(10));
        await ExpectAsync(null, Client(listener.Port, stranger, new ClientTrust { Invitation = invitation }), token);
        await ExpectAsync(null, Client(listener.Port, stranger, new ClientTrust { Invitation = invitation }), token);
        using StationKeyPair third = StationKeyPair.Generate();
        await ExpectAsync(StationFault.InvitationUsed, Client(listener.Port, third, new ClientTrust { Invitation = invitation }), token);
        admitted.Revoke(alice.Fingerprint);
        await ExpectAsync(StationFault.PeerRefused, Client(listener.Port, alice, new ClientTrust { ExpectedFingerprint = server.Fingerprint }), token);
        return 10;
    }

    private static StationListener Strict(StationKeyPair key, FileTrustStore store) =>
        StationListener.Start(new StationListenerOptions { KeyPair = key, Trust = new ListenerTrust { Mode = TrustMode.Strict, Store = store } });

    private static StationClientOptions Client(int port, StationKeyPair key, ClientTrust trust) => new()
    {
        Host = "127.0.0.1",
        Port = port,
        KeyPair = key,
        Trust = trust,
        Limits = StationLimits.Default with { HandshakeTimeout = TimeSpan.FromSeconds(60) },
    };

    private static async Task ExpectAsync(StationFault? fault, StationClientOptions options, CancellationToken token)
    {
        StationFault? met = null;
        try
        {
            await using StationSession session = await StationClient.ConnectAsync(options, token);
        }
        catch (StationException e)
        {
            met = e.Fault;
        }

        if (met != fault)
        {
            throw new InvalidOperationException($"{met?.ToString() ?? "A session"} where {fault?.ToString() ?? "a session"} was due.");
        }
    }
}
