using SecureStation.Core.Connecting;
using SecureStation.Core.DiffieHellman;
using SecureStation.Core.Keys;
using SecureStation.Core.Messages;
using SecureStation.Core.Noise;
using SecureStation.Core.Noise.Primitives;
using SecureStation.Core.Sessions;
using SecureStation.Core.Tests.Noise;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Tests;

/// <summary>
/// Whoever asks for a secret while another thread ends what holds it gets that secret or an error: never zeros, nor what is made of
/// zeros and anyone can compute.
/// </summary>
public class SecretsAtTheEndTests
{
    private const int Repetitions = 60;

    public static TheoryData<string> Holders { get; } = [.. Makers.Keys];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static Dictionary<string, Func<(Func<string> Read, Action End)>> Makers => new()
    {
        ["transport state"] = static () =>
        {
            (TransportState state, _) = NoiseSides.Connect("NN");
            return (() => Convert.ToHexString(state.Export("label", 8160)), state.Dispose);
        },
        ["invitation"] = static () =>
        {
            using StationKeyPair key = StationKeyPair.Generate();
            var invitation = StationInvitation.Create("host", 1, key.Fingerprint, DateTimeOffset.UtcNow.AddHours(1), temporary: true);
            return (invitation.Reveal, invitation.Dispose);
        },
        ["Diffie-Hellman secret"] = static () =>
        {
            DhSharedSecret secret = Agree();
            return (secret.ToHex, secret.Dispose);
        },
        ["derived key of a Diffie-Hellman secret"] = static () =>
        {
            DhSharedSecret secret = Agree();
            return (() => secret.DeriveKey(32).ToHex(), secret.Dispose);
        },
        ["derived key"] = static () =>
        {
            DhDerivedKey key = Agree().DeriveKey(32);
            return (key.ToHex, key.Dispose);
        },
        ["Diffie-Hellman key pair"] = static () =>
        {
            DhKeyPair pair = DhKeyPair.GenerateX25519();
            return (() => Convert.ToHexString(pair.ExportPkcs8()), pair.Dispose);
        },
        ["private key of BouncyCastle"] = static () =>
        {
            var key = new BouncyCastleX25519PrivateKey([9, .. new byte[31]]);
            return (() => PublicKeyOf(key), key.Dispose);
        },
    };

    [Theory]
    [MemberData(nameof(Holders))]
    public async Task A_secret_that_is_read_beside_its_end_is_the_secret_or_an_error(string holder)
    {
        Func<(Func<string>, Action)> make = Makers[holder];
        for (int i = 0; i < Repetitions; i++)
        {
            (Func<string> read, Action end) = make();
            await AssertReadsTruthUntilEndAsync(read, end);
        }
    }

    [Fact]
    public async Task A_channel_secret_that_is_asked_for_while_the_session_breaks_is_the_right_one_or_an_error()
    {
        using StationKeyPair left = StationKeyPair.Generate(), right = StationKeyPair.Generate();
        for (int i = 0; i < Repetitions; i++)
        {
            await using StationLoopback pair = await StationLoopback.CreateAsync(left, right, cancellationToken: Token);
            await AssertReadsTruthUntilEndAsync(() => Convert.ToHexString(pair.Left.Export("label", 32)), pair.Right.Abort);
        }
    }

    [Fact]
    public async Task A_session_that_has_ended_gives_no_channel_secret_and_no_protector()
    {
        await using StationLoopback pair = await StationLoopback.CreateAsync(cancellationToken: Token);
        pair.Left.Abort();
        StationAssert.Fails(StationFault.InvalidState, () => pair.Left.Export("label", 32));
        StationAssert.Fails(StationFault.InvalidState, () => _ = pair.Left.Protector);
    }

    [Fact]
    public async Task A_protector_that_is_made_while_the_session_breaks_protects_nothing_afterwards()
    {
        using StationKeyPair left = StationKeyPair.Generate(), right = StationKeyPair.Generate();
        for (int i = 0; i < Repetitions; i++)
        {
            await using StationLoopback pair = await StationLoopback.CreateAsync(left, right, cancellationToken: Token);
            var protectors = new List<MessageProtector>();
            Task making = Task.Run(() => protectors.Add(pair.Left.Protector), Token);
            pair.Left.Abort();
            try
            {
                await making;
            }
            catch (StationException e)
            {
                Assert.Equal(StationFault.InvalidState, e.Fault);
            }

            foreach (MessageProtector protector in protectors)
            {
                StationAssert.Fails(StationFault.InvalidState, () => protector.Protect(OutgoingMessage.Text("late")));
            }
        }
    }

    private static async Task AssertReadsTruthUntilEndAsync(Func<string> read, Action end)
    {
        string truth = read();
        using var isReading = new ManualResetEventSlim();
        Task reading = Task.Run(
            () =>
            {
                while (true)
                {
                    Assert.Equal(truth, read());
                    isReading.Set();
                }
            },
            Token);
        isReading.Wait(TimeSpan.FromSeconds(30), Token);
        end();
        Exception ended = await Assert.ThrowsAnyAsync<Exception>(() => reading.WaitAsync(TimeSpan.FromSeconds(60), Token));
        Assert.True(ended is ObjectDisposedException or StationException { Fault: StationFault.InvalidState }, ended.ToString());
    }

    private static DhSharedSecret Agree()
    {
        using DhKeyPair own = DhKeyPair.GenerateX25519(), peer = DhKeyPair.GenerateX25519();
        return DhExchange.Agree(own, peer.PublicKey);
    }

    private static string PublicKeyOf(BouncyCastleX25519PrivateKey key)
    {
        byte[] publicKey = new byte[32];
        key.GetPublicKey(publicKey);
        return Convert.ToHexString(publicKey);
    }
}
