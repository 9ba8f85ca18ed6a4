using System.Net.Sockets;
using System.Security.Cryptography;
using SecureStation.Core;
using SecureStation.Core.Connecting;
using SecureStation.Core.Listening;
using SecureStation.Core.Protocols;
using SecureStation.Core.Sessions;
using SecureStation.Core.Transport;
using SecureStation.Core.Trust;

namespace SecureStation.Legacy.Tests.Chat;

/// <summary>Listeners and clients of the old chats over real sockets.</summary>
internal static class ChatListeners
{
    // Making a key takes longer than everything else here.
    private static readonly Lazy<string> s_keyPath = new(static () =>
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("legacy-chats").FullName, "key.pem");
        using var rsa = RSA.Create(1024);
        File.WriteAllText(path, rsa.ExportRSAPrivateKeyPem());
        return path;
    });

    public static StationLimits Quick { get; } = new() { HandshakeTimeout = TimeSpan.FromSeconds(90), FirstMessageTimeout = TimeSpan.FromSeconds(60), CloseTimeout = TimeSpan.FromSeconds(10) };

    public static StationListener Start(StationLimits? limits, params string[] protocols) => StationListener.Start(new StationListenerOptions
    {
        Address = "127.0.0.1",
        Trust = new ListenerTrust { Mode = TrustMode.Any },
        Protocols = [.. protocols.Select(StationProtocols.Find)],
        Legacy = new LegacyOptions { IsAllowed = true, KeyPath = s_keyPath.Value },
        Limits = limits ?? Quick,
    });

    public static Task<StationSession> ConnectAsync(int port, string protocol, string name, int keySize = 0) => StationClient.ConnectAsync(
        new StationClientOptions
        {
            Host = "127.0.0.1",
            Port = port,
            Trust = new ClientTrust { Mode = TrustMode.Any },
            Protocol = StationProtocols.Find(protocol),
            Legacy = new LegacyOptions { IsAllowed = true, DisplayName = name, KeySize = keySize, KeyPath = keySize == 0 ? s_keyPath.Value : null },
            Limits = new StationLimits { HandshakeTimeout = TimeSpan.FromSeconds(90), CloseTimeout = TimeSpan.FromSeconds(10) },
        },
        ScriptedPeer.Limit);

    public static async Task<ScriptedPeer> ConnectRawAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync("127.0.0.1", port, ScriptedPeer.Limit);
        return new ScriptedPeer(new TcpTransport(socket));
    }

    /// <summary>The next failure of a handshake.</summary>
    public static Task<StationException> NextFailure(StationListener listener)
    {
        var failure = new TaskCompletionSource<StationException>(TaskCreationOptions.RunContinuationsAsynchronously);
        listener.HandshakeFailed += (_, e) => failure.TrySetResult(e.Failure);
        return failure.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }
}
