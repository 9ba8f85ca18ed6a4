using SecureStation.Core;
using SecureStation.Core.Messages;

namespace SecureStation;

/// <summary>A protected message: the object, or its bytes, or their base64 or hex. The command reads it, so that its error has an id.</summary>
public sealed class ProtectedMessageReference
{
    private readonly ProtectedMessage? _message;
    private readonly byte[]? _bytes;
    private readonly string? _text;

    /// <summary>A message that Protect-StationMessage wrote.</summary>
    public ProtectedMessageReference(ProtectedMessage message) => _message = message;

    /// <summary>The bytes of a message.</summary>
    public ProtectedMessageReference(byte[] bytes) => _bytes = bytes;

    /// <summary>The base64 or hex of a message.</summary>
    public ProtectedMessageReference(string text) => _text = text;

    /// <summary>The message.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/></exception>
    internal ProtectedMessage Resolve() => _message ?? (_bytes is null ? ProtectedMessage.Parse(_text!) : new ProtectedMessage(_bytes));
}
