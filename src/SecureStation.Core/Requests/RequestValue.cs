using SecureStation.Core.Messages;

namespace SecureStation.Core.Requests;

/// <summary>An argument or a result of a request: a body, and what it is, as in a message.</summary>
/// <param name="Kind">Text, bytes or object.</param>
/// <param name="Body">UTF-8, the bytes, or JSON (docs/protocol/objects.md). It must not change while it is on its way.</param>
public readonly record struct RequestValue(StationMessageKind Kind, ReadOnlyMemory<byte> Body);
