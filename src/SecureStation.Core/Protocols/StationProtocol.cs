using SecureStation.Core.Connecting;
using SecureStation.Core.Handshake;
using SecureStation.Core.Handshake.Driving;
using SecureStation.Core.Listening;

namespace SecureStation.Core.Protocols;

/// <summary>The station protocol, version 1, as one of the session protocols.</summary>
internal sealed class StationProtocol : IStationProtocol
{
    public string Name => StationProtocolV1.Name;

    public bool IsSecure => true;

    public string Weakness => string.Empty;

    public ProtocolMatch Recognise(ReadOnlySpan<byte> received, TimeSpan silence) => Preamble.Recognise(received);

    public IProtocolClient CreateClient(StationClientOptions options) => new StationProtocolClient(options);

    public IProtocolListener CreateListener(StationListener listener) => new StationProtocolListener(listener);
}
