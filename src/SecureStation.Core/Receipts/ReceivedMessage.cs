using SecureStation.Core.Sessions;

namespace SecureStation.Core.Receipts;

/// <summary>A message that was in the inbox.</summary>
/// <param name="Digest">What it was.</param>
/// <param name="ReceivedAt">When.</param>
/// <param name="HandshakeHash">Of the connection that was in force then.</param>
internal sealed record ReceivedMessage(MessageDigest Digest, DateTimeOffset ReceivedAt, ReadOnlyMemory<byte> HandshakeHash);
