namespace SecureStation.Legacy.AesChat;

/// <summary>One message that has come in.</summary>
/// <param name="Text">Its bytes, decrypted and without backticks, or as they came in clear.</param>
/// <param name="IsClear">Whether it came in clear.</param>
/// <param name="Name">Of a message in clear: the name that came before it; null where none did.</param>
internal readonly record struct AesReceived(byte[] Text, bool IsClear, byte[]? Name);
