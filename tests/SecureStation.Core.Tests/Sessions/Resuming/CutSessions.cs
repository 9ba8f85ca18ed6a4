using SecureStation.Core.Keys;
using SecureStation.Core.Listening;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;
using SecureStation.Core.Tests.Listening;

namespace SecureStation.Core.Tests.Sessions.Resuming;

/// <summary>A listener with sessions whose clients were cut and cannot come back.</summary>
internal sealed class CutSessions(StationListener listener) : IAsyncDisposable
{
    private readonly List<(SecureSession Client, CuttingProxy Proxy)> _clients = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static CutSessions Start(StationLimits limits) => new(TestListener.Start(limits));

    /// <summary>A client connects, has a message delivered, and is cut: the listener's session.</summary>
    public async Task<SecureSession> AddAsync(StationKeyPair? key, string? text = null)
    {
        var proxy = new CuttingProxy(listener.Port);
        SecureSession client = await ResumedPair.ConnectAsync(listener, proxy.Port, key);
        _clients.Add((client, proxy));
        var server = (SecureSession)await listener.AcceptAsync(Token).WaitAsync(TestListener.Patience, Token);
        if (text is not null)
        {
            await client.WaitDeliveredAsync(await client.SendAsync(OutgoingMessage.Text(text), Token), Token);
        }

        proxy.IsShut = true;
        proxy.Cut();
        await ResumedPair.Until(() => server.State != StationSessionState.Open);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        foreach ((SecureSession client, CuttingProxy proxy) in _clients)
        {
            client.Abort();
            await proxy.DisposeAsync();
        }

        await listener.DisposeAsync();
    }
}
