using SecureStation.Core.Handshake;
using SecureStation.Core.Handshake.Driving;

namespace SecureStation.Core.Protocols;

/// <summary>The station protocol, version 1, as one of the session protocols.</summary>
internal sealed class StationProtocol : IStationProtocol
{
    public string Name => StationProtocolV1.Name;

    public bool IsSecure => true;

    public string Weakness => string.Empty;

    public ProtocolMatch Recognise(ReadOnlySpan<byte> received, TimeSpan silence) =>
        !Preamble.MayBegin(received, out bool isClear) ? ProtocolMatch.No
        : isClear ? ProtocolMatch.Yes
        : ProtocolMatch.Undecided;

    public IProtocolClient CreateClient(ProtocolClientOptions options) => new StationProtocolClient(options);

    public IProtocolListener CreateListener(ProtocolListenerOptions options) => new StationProtocolListener(options);
}
