using SecureStation.Core.Connecting;
using SecureStation.Core.Keys;
using SecureStation.Core.Listening;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Tests.Listening;

/// <summary>Listeners on loopback for tests, and clients of theirs.</summary>
internal static class TestListener
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>One that accepts everybody.</summary>
    public static StationListener Start(StationLimits? limits = null) =>
        StationListener.Start(new StationListenerOptions { Trust = new ListenerTrust { Mode = TrustMode.Any }, Limits = limits ?? StationLimits.Default });

    /// <summary>A client that accepts the listener's key.</summary>
    public static Task<StationSession> ConnectAsync(StationListener listener, StationKeyPair? key = null, string host = "127.0.0.1", StationLimits? limits = null) =>
        StationClient.ConnectAsync(new StationClientOptions
        {
            Host = host,
            Port = listener.Port,
            KeyPair = key,
            Trust = new ClientTrust { ExpectedFingerprint = listener.PublicKey.Fingerprint },
            Limits = limits ?? StationLimits.Default,
        }).WaitAsync(Patience);

    /// <summary>A client with an invitation.</summary>
    public static Task<StationSession> ConnectAsync(StationInvitation invitation, StationKeyPair? key = null) =>
        StationClient.ConnectAsync(new StationClientOptions { KeyPair = key, Trust = new ClientTrust { Invitation = invitation } }).WaitAsync(Patience);

    /// <summary>A text goes over the session and is received by the listener.</summary>
    public static async Task AssertWorksAsync(StationListener listener, StationSession session, string text = "works")
    {
        await session.SendAsync(OutgoingMessage.Text(text));
        StationMessage message = await listener.ReceiveAsync().WaitAsync(Patience);
        Assert.Equal(text, message.Body);
    }
}
