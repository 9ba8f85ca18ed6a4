namespace SecureStation.Core.State;

/// <summary>What a session's messages are kept under, and what they are bound to where they are encrypted.</summary>
internal readonly record struct StoredName(long Number, string Id);
