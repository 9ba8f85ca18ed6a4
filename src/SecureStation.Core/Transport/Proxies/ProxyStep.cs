namespace SecureStation.Core.Transport.Proxies;

/// <summary>What comes of bytes that a proxy has sent. Nothing eaten, nothing to send, not connected: more bytes are needed.</summary>
/// <param name="Eaten">How many of the bytes are done with.</param>
/// <param name="Send">What to send next; may hold a login, and is zeroed after it.</param>
/// <param name="IsConnected">Whether what follows goes through to the other side.</param>
internal readonly record struct ProxyStep(int Eaten, byte[] Send, bool IsConnected)
{
    public static ProxyStep NeedsMore { get; } = new(0, [], IsConnected: false);

    public static ProxyStep Connected(int eaten) => new(eaten, [], IsConnected: true);
}
