using System.Text.Json;
using SecureStation.Core.Handshake;
using SecureStation.Core.Keys;
using SecureStation.Core.Noise;
using SecureStation.Core.Tests.Vectors;

namespace SecureStation.Core.Tests.Protocol;

/// <summary>The station's handshake as the second implementation computed it (tests/vectors/station).</summary>
public class StationVectorTests
{
    private static readonly JsonElement s_vectors = JsonDocument.Parse(File.ReadAllBytes(OwnVectors.PathOf("station", "handshakes.json"))).RootElement;

    public static TheoryData<string> SuiteNames => [.. s_vectors.EnumerateArray().Select(vector => vector.GetProperty("suite").GetString()!)];

    [Fact]
    public void Every_suite_without_a_KEM_is_there() => Assert.Equal(StationSuite.All.Where(suite => !suite.IsHybrid).Select(suite => suite.Name).Order(), SuiteNames.Select(row => row.Data).Order());

    [Theory]
    [MemberData(nameof(SuiteNames))]
    public void The_handshake_and_what_follows_are_the_same_bytes(string name)
    {
        JsonElement vector = s_vectors.EnumerateArray().Single(vector => vector.GetProperty("suite").GetString() == name);
        Assert.Equal(Hex(vector, "preamble"), Preamble.Format(name));
        using StationHandshake initiator = Create(vector, isInitiator: true), responder = Create(vector, isInitiator: false);
        byte[] buffer = new byte[StationHandshake.MaxMessageLength];
        foreach (JsonElement message in vector.GetProperty("messages").EnumerateArray())
        {
            byte[] expected = Convert.FromHexString(message.GetString()!);
            (StationHandshake writer, StationHandshake reader) = initiator.IsMyTurn ? (initiator, responder) : (responder, initiator);
            Assert.Equal(expected, buffer[..writer.Write(buffer)]);
            reader.Read(expected);
            if (!reader.InvitationId.IsEmpty && !reader.IsComplete)
            {
                reader.SetInvitationSecret(Hex(vector, "psk"));
            }
        }

        Assert.Equal(initiator.LocalIdentity.PublicKey, responder.RemoteIdentity);
        Assert.Equal(responder.LocalIdentity.PublicKey, initiator.RemoteIdentity);
        Assert.Equal(Hex(vector, "invitation_id"), responder.InvitationId.ToArray());
        Assert.Equal(Hex(vector, "handshake_hash"), initiator.HandshakeHash.ToArray());

        using TransportState left = initiator.Split(), right = responder.Split();
        byte[] export = Hex(vector, "export");
        Assert.Equal(export, left.Export("vectors", export.Length));
        Assert.Equal(export, right.Export("vectors", export.Length));
        foreach (JsonElement message in vector.GetProperty("transport").EnumerateArray())
        {
            (TransportState writer, TransportState reader) = message.GetProperty("from").GetString() == "initiator" ? (left, right) : (right, left);
            byte[] frames = Hex(message, "frames"), expected = Hex(message, "message"), plain = new byte[frames.Length];
            Assert.Equal(expected, buffer[..writer.Write(frames, buffer)]);
            Assert.Equal(frames.Length, reader.Read(expected, plain));
            Assert.Equal(frames, plain);
        }
    }

    private static StationHandshake Create(JsonElement vector, bool isInitiator)
    {
        JsonElement keys = vector.GetProperty(isInitiator ? "initiator" : "responder");
        var identity = new StationKeyPair(PrivateKey.FromEd25519Seed(Hex(keys, "identity")));
        var local = new StationStaticKey(identity, NoiseKeyPair.FromPrivateKey(Hex(keys, "static")));
        var given = new UnsafeHandshakeKeys(NoiseKeyPair.FromPrivateKey(Hex(keys, "ephemeral")));
        StationSuite suite = StationSuite.Parse(vector.GetProperty("suite").GetString()!);
        return isInitiator
            ? StationHandshake.CreateInitiator(suite, local, Hex(vector, "invitation_id"), Hex(vector, "psk"), given)
            : StationHandshake.CreateResponder(suite, local, given);
    }

    private static byte[] Hex(JsonElement element, string name) => Convert.FromHexString(element.GetProperty(name).GetString()!);
}
