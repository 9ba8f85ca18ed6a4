using SecureStation.Core.Handshake;
using SecureStation.Core.Keys;
using SecureStation.Core.Noise;

namespace SecureStation.Core.Tests.Handshake;

/// <summary>The handshake without I/O: whoever uses it by itself must not get past what it refuses.</summary>
public sealed class StationHandshakeTests : IDisposable
{
    private readonly StationKeyPair _key = StationKeyPair.Generate();
    private readonly StationStaticKey _local;
    private readonly byte[] _message = new byte[StationHandshake.MaxMessageLength];
    private readonly byte[] _payload = new byte[StationHandshake.MaxMessageLength];

    public StationHandshakeTests() => _local = new StationStaticKey(_key);

    public static TheoryData<string> Identities => BadIdentities.All;

    public void Dispose()
    {
        _local.Dispose();
        _key.Dispose();
    }

    [Theory]
    [MemberData(nameof(Identities))]
    public void After_a_bad_identity_there_is_no_transport(string which)
    {
        using NoiseKeyPair staticKey = NoiseKeyPair.Generate();
        using StationKeyPair identity = StationKeyPair.Generate();
        using HandshakeState initiator = CreateInitiator(staticKey);
        using StationHandshake responder = StationHandshake.CreateResponder(StationSuite.Parse(Suites.Classical), _local);
        responder.Read(_message.AsSpan(0, initiator.WriteMessage([], _message)));
        initiator.ReadMessage(_message.AsSpan(0, responder.Write(_message)), _payload);

        int length = initiator.WriteMessage(BadIdentities.Create(which, identity, staticKey), _message);
        StationAssert.Fails(StationFault.HandshakeFailed, () => responder.Read(_message.AsSpan(0, length)));
        Assert.Null(responder.RemoteIdentity);
        StationAssert.Fails(StationFault.InvalidState, () => responder.Split());
    }

    [Fact]
    public void After_a_payload_that_is_not_due_there_is_no_message_2()
    {
        using NoiseKeyPair staticKey = NoiseKeyPair.Generate();
        using HandshakeState initiator = CreateInitiator(staticKey);
        using StationHandshake responder = StationHandshake.CreateResponder(StationSuite.Parse(Suites.Classical), _local);
        int length = initiator.WriteMessage([1], _message);
        StationAssert.Fails(StationFault.HandshakeFailed, () => responder.Read(_message.AsSpan(0, length)));
        StationAssert.Fails(StationFault.InvalidState, () => responder.Write(_message));
    }

    private static HandshakeState CreateInitiator(NoiseKeyPair staticKey) => new(new HandshakeStateOptions
    {
        Protocol = ProtocolName.Parse(Suites.Classical),
        IsInitiator = true,
        Prologue = Preamble.Format(Suites.Classical),
        LocalStatic = staticKey,
    });
}
