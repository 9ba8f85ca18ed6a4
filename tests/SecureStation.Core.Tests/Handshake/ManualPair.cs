using SecureStation.Core.Handshake;
using SecureStation.Core.Handshake.ByHand;
using SecureStation.Core.Keys;
using SecureStation.Core.Noise;
using SecureStation.Core.Sessions;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Tests.Handshake;

/// <summary>Both sides of a handshake by hand.</summary>
internal sealed class ManualPair(ManualHandshake initiator, ManualHandshake responder) : IDisposable
{
    public static readonly StationKeyPair Alice = StationKeyPair.Generate();
    public static readonly StationKeyPair Bob = StationKeyPair.Generate();

    public ManualHandshake Initiator { get; } = initiator;

    public ManualHandshake Responder { get; } = responder;

    public static ManualPair Station(string suite = Suites.Hybrid) => new(
        new ManualStationHandshake(StationRole.Initiator, StationSuite.Parse(suite), Alice, Expect(Bob)),
        new ManualStationHandshake(StationRole.Responder, StationSuite.Parse(suite), Bob, Expect(Alice)));

    public static ManualPair Noise(string suite, byte[][]? psks = null, byte[][]? otherPsks = null, string prologue = "p", string otherPrologue = "p")
    {
        ProtocolName protocol = ProtocolName.Parse(suite);
        NoiseKeyPair? left = protocol.Pattern.UsesStatic(true) ? NoiseKeyPair.Generate() : null;
        NoiseKeyPair? right = protocol.Pattern.UsesStatic(false) ? NoiseKeyPair.Generate() : null;
        return new(Create(true, left, right, psks ?? [], prologue), Create(false, right, left, otherPsks ?? psks ?? [], otherPrologue));

        ManualNoiseHandshake Create(bool isInitiator, NoiseKeyPair? own, NoiseKeyPair? other, byte[][] keys, string text) => new(new HandshakeStateOptions
        {
            Protocol = protocol,
            IsInitiator = isInitiator,
            Prologue = System.Text.Encoding.UTF8.GetBytes(text),
            LocalStatic = own,
            RemoteStatic = protocol.Pattern.KnowsStatic(!isInitiator) ? other!.PublicKey.ToArray() : (ReadOnlyMemory<byte>?)null,
            Psks = Array.ConvertAll(keys, key => (ReadOnlyMemory<byte>)key),
        });
    }

    public static Func<StationPublicKey, StationKeyPair, TrustVerdict> Expect(StationKeyPair peer) => new ClientTrust { ExpectedFingerprint = peer.Fingerprint }.Decide;

    /// <summary>Writes and reads until nothing is due, through text.</summary>
    public void Run(int messages = int.MaxValue)
    {
        for (int i = 0; i < messages && Initiator.State is ManualHandshakeState.WriteDue or ManualHandshakeState.ReadDue; i++)
        {
            (ManualHandshake writer, ManualHandshake reader) = Initiator.State == ManualHandshakeState.WriteDue ? (Initiator, Responder) : (Responder, Initiator);
            reader.Read(HandshakeMessage.Parse(writer.Write().ToString()));
        }
    }

    public (StationSession Left, StationSession Right) Complete()
    {
        Run();
        return (Initiator.Complete(), Responder.Complete());
    }

    public void Dispose()
    {
        Initiator.Dispose();
        Responder.Dispose();
    }
}
