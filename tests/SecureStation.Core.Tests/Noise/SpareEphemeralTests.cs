using System.Runtime.CompilerServices;
using Microsoft.Extensions.Time.Testing;
using SecureStation.Core.Handshake;
using SecureStation.Core.Keys;
using SecureStation.Core.Noise;

namespace SecureStation.Core.Tests.Noise;

[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "A test class of xUnit, whose keys hold no more than memory.")]
public class SpareEphemeralTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly SpareEphemeral _ephemerals;

    public SpareEphemeralTests() => _ephemerals = new SpareEphemeral(_time);

    [Fact]
    public void What_was_made_beforehand_is_taken_once()
    {
        _ephemerals.Execute();
        NoiseKeyPair made = Spare(_ephemerals)!;

        Assert.Same(made, _ephemerals.Take());
        Assert.NotEqual(made.ToString(), _ephemerals.Take().ToString());
    }

    [Fact]
    public void What_has_lain_for_ten_seconds_is_thrown_away()
    {
        _ephemerals.Execute();
        NoiseKeyPair made = Spare(_ephemerals)!;
        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.NotEqual(made.ToString(), _ephemerals.Take().ToString());
        StationAssert.Fails(StationFault.InvalidState, () => made.ComputeSharedSecret(NoiseKeyPair.Generate().PublicKey.ToArray(), new byte[32]));
    }

    [Fact]
    public void After_the_end_none_is_kept()
    {
        _ephemerals.Execute();
        NoiseKeyPair made = Spare(_ephemerals)!;
        _ephemerals.Dispose();
        _ephemerals.Execute();

        Assert.Null(Spare(_ephemerals));
        StationAssert.Fails(StationFault.InvalidState, () => made.ComputeSharedSecret(NoiseKeyPair.Generate().PublicKey.ToArray(), new byte[32]));
    }

    [Fact]
    public void No_two_handshakes_have_one_in_common()
    {
        using StationKeyPair identity = StationKeyPair.Generate();
        using var left = new StationStaticKey(identity);
        using var right = new StationStaticKey(identity);
        var seen = new HashSet<string>();
        byte[] buffer = new byte[StationHandshake.MaxMessageLength];
        for (int i = 0; i < 50; i++)
        {
            using StationHandshake initiator = StationHandshake.CreateInitiator(StationSuite.Default, left);
            using StationHandshake responder = StationHandshake.CreateResponder(StationSuite.Default, right);
            int length = initiator.Write(buffer);
            Assert.True(seen.Add(Convert.ToHexString(buffer, 0, 32)));
            responder.Read(buffer.AsSpan(0, length));
            responder.Write(buffer);
            Assert.True(seen.Add(Convert.ToHexString(buffer, 0, 32)));
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_spare")]
    private static extern ref NoiseKeyPair? Spare(SpareEphemeral ephemerals);
}
