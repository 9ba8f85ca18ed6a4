using System.Net.Sockets;
using SecureStation.Core;
using SecureStation.Core.Listening;
using SecureStation.Core.Sessions;
using SecureStation.Core.Transport;
using SecureStation.Core.Trust;

namespace SecureStation.Legacy.Tests.Chat;

/// <summary>Listeners and clients of the old chats over real sockets.</summary>
internal static class ChatListeners
{
    public static StationLimits Quick { get; } = new() { HandshakeTimeout = TimeSpan.FromSeconds(8), FirstMessageTimeout = TimeSpan.FromSeconds(5), CloseTimeout = TimeSpan.FromSeconds(2) };

    public static StationListener Start(StationLimits? limits, params string[] protocols) => StationListener.Start(new StationListenerOptions
    {
        Address = "127.0.0.1",
        Trust = new ListenerTrust { Mode = TrustMode.Any },
        Protocols = [.. protocols.Select(StationProtocols.Find)],
        Legacy = new LegacyOptions { IsAllowed = true },
        Limits = limits ?? Quick,
    });

    public static Task<StationSession> ConnectAsync(int port, string protocol, string name, int keySize = 0) => StationClient.ConnectAsync(
        new StationClientOptions
        {
            Host = "127.0.0.1",
            Port = port,
            Trust = new ClientTrust { Mode = TrustMode.Any },
            Protocol = StationProtocols.Find(protocol),
            Legacy = new LegacyOptions { IsAllowed = true, DisplayName = name, KeySize = keySize },
            Limits = new StationLimits { HandshakeTimeout = TimeSpan.FromSeconds(15), CloseTimeout = TimeSpan.FromSeconds(2) },
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
        return failure.Task.WaitAsync(TimeSpan.FromSeconds(20));
    }
}
