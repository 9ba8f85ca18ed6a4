using SecureStation.Core.Messages;
using SecureStation.Core.Requests;
using SecureStation.Core.Sessions.Secure;
using SecureStation.Core.Tests.Listening;
using SecureStation.Core.Tests.State;

namespace SecureStation.Core.Tests.Requests;

/// <summary>A call whose answerer's process died and came back with its state: nobody knows whether it was done.</summary>
public sealed class LostCallTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_call_of_which_the_answerer_came_back_without_it_is_Unknown()
    {
        await using var world = new StateWorld();
        (SecureSession client, SecureSession server) = await world.MeetAsync();
        var begun = new TaskCompletionSource();
        SessionRequests.Of(client).Handlers.Add("waits", new ScriptedHandler(async request =>
        {
            begun.TrySetResult();
            await Task.Delay(Timeout.Infinite, request.CancellationToken);
        }));
        using RequestCall call = await SessionRequests.Of(server).CallAsync("waits", cancellationToken: Token);
        await begun.Task.WaitAsync(TestListener.Patience, Token);
        SecureSession restarted = await world.RestartClientAsync(client);

        StationException failure = await Assert.ThrowsAsync<StationException>(() => call.ReadAsync(Token).WaitAsync(TestListener.Patience, Token));
        Assert.Equal(StationFault.Unknown, failure.Fault);

        // Its next ones are answered.
        SessionRequests.Of(restarted).Handlers.Add("goes", new ScriptedHandler(static request => request.WriteAsync(ScriptedHandler.Text("on"))));
        using RequestCall next = await SessionRequests.Of(server).CallAsync("goes", cancellationToken: Token);
        Assert.Equal("on", ScriptedHandler.Read((await next.ReadAsync(Token).WaitAsync(TestListener.Patience, Token))!.Value));
        Assert.Null(await next.ReadAsync(Token).WaitAsync(TestListener.Patience, Token));

        // Credit for what an earlier process had; its id is that of the credit itself, so that the answer is heard.
        ulong last = await server.SendAsync(OutgoingMessage.Text("before"), Token);
        StationException lost = await Assert.ThrowsAsync<StationException>(() =>
            server.Services.RequestAsync(RequestMessages.ToCredit(last + 1, 1), Token).WaitAsync(TestListener.Patience, Token));
        Assert.Equal(RequestCodes.Unknown, lost.PeerHint);
    }

    [Fact]
    public async Task A_call_goes_on_over_a_cut()
    {
        await using var pair = await Sessions.Resuming.ResumedPair.StartAsync();
        using var gate = new SemaphoreSlim(0);
        SessionRequests.Of(pair.Server).Handlers.Add("waits", new ScriptedHandler(async request =>
        {
            await gate.WaitAsync(request.CancellationToken);
            await request.WriteAsync(ScriptedHandler.Text("done"));
        }));
        using RequestCall call = await SessionRequests.Of(pair.Client).CallAsync("waits", cancellationToken: Token);
        await pair.CutAndResumeAsync();
        await pair.CutAndResumeAsync();
        gate.Release();
        Assert.Equal("done", ScriptedHandler.Read((await call.ReadAsync(Token).WaitAsync(TestListener.Patience, Token))!.Value));
        Assert.Null(await call.ReadAsync(Token).WaitAsync(TestListener.Patience, Token));
    }
}
