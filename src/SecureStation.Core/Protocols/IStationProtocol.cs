namespace SecureStation.Core.Protocols;

/// <summary>
/// A protocol that carries sessions: how it begins on either side, and what it is worth. Stateless; what lives as long as a client or a
/// listener is in what it makes.
/// </summary>
public interface IStationProtocol
{
    /// <summary>Its name, as <c>-Protocol</c> takes it.</summary>
    string Name { get; }

    /// <summary>Whether it keeps secret and unaltered what it carries, and says truly who sent it.</summary>
    bool IsSecure { get; }

    /// <summary>What is insecure about it, as the end of a sentence that begins with its name; empty for a secure protocol.</summary>
    string Weakness { get; }

    /// <summary>Whether a connection that began like this is this protocol's. Every protocol here lets the client speak first.</summary>
    /// <param name="received">What the client has sent, from its first byte.</param>
    /// <param name="silence">How long ago the last of these bytes came.</param>
    ProtocolMatch Recognise(ReadOnlySpan<byte> received, TimeSpan silence);

    /// <summary>Makes the connecting side for these options.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>, <see cref="StationFault.InvalidKey"/>: the options cannot be used.</exception>
    IProtocolClient CreateClient(ProtocolClientOptions options);

    /// <summary>Makes the accepting side for one listener; it lives as long as the listener.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>, <see cref="StationFault.InvalidKey"/>: the options cannot be used.</exception>
    IProtocolListener CreateListener(ProtocolListenerOptions options);
}
