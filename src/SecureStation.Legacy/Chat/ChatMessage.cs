namespace SecureStation.Legacy.Chat;

/// <summary>What waits to be sent: the user's text, or what a server passes on as separate writes in clear.</summary>
/// <param name="Id">The message's id; 0 for what the user did not send.</param>
/// <param name="Text">The text to encrypt, as bytes.</param>
/// <param name="BodyLength">How many of them the user sent; the rest is his name.</param>
/// <param name="Clear">The writes in clear; null for a text to encrypt.</param>
internal sealed record ChatMessage(ulong Id, byte[] Text, int BodyLength = 0, byte[][]? Clear = null);
