using SecureStation.Core;
using SecureStation.Core.Handshake;

namespace SecureStation;

/// <summary>A -Message of a handshake: the object, or its bytes, or their base64 or hex. The command reads it, so that its error has an id.</summary>
public sealed class HandshakeMessageReference
{
    private readonly HandshakeMessage? _message;
    private readonly byte[]? _bytes;
    private readonly string? _text;

    /// <summary>A message that Step-StationHandshake wrote.</summary>
    public HandshakeMessageReference(HandshakeMessage message) => _message = message;

    /// <summary>The bytes of a message.</summary>
    public HandshakeMessageReference(byte[] bytes) => _bytes = bytes;

    /// <summary>The base64 or hex of a message.</summary>
    public HandshakeMessageReference(string text) => _text = text;

    /// <summary>The message.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/></exception>
    internal HandshakeMessage Resolve() => _message ?? (_bytes is null ? HandshakeMessage.Parse(_text!) : new HandshakeMessage(_bytes));
}
