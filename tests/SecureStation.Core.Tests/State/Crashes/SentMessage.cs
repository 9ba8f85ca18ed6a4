namespace SecureStation.Core.Tests.State.Crashes;

/// <summary>What the model knows of a message that was accepted: a number that no other message has, its size, and whether it was one of a service.</summary>
/// <param name="Number">Stands in its first 8 bytes.</param>
/// <param name="Size">In bytes, 8 at least.</param>
/// <param name="IsService">Such a message is not stored, and its content is given to a service at most once.</param>
internal readonly record struct SentMessage(long Number, int Size, bool IsService);
