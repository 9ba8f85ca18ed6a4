using System.Text.RegularExpressions;
using SecureStation.Core.Framing;
using SecureStation.Core.Messages;
using SecureStation.Core.Requests;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;
using SecureStation.Core.Tests.Sessions;

namespace SecureStation.Core.Tests.Requests;

/// <summary>The example in docs/protocol/request.md, byte by byte, with the product as the handler's side and as the asker's.</summary>
public partial class RequestDocumentTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_handlers_side_answers_as_the_page_says()
    {
        (FakePeer peer, StationSession session) = await FakePeer.WithResponderAsync();
        await using (peer)
        {
            var begun = new TaskCompletionSource();
            var stopped = new TaskCompletionSource();
            RequestHandlers handlers = SessionRequests.Of((SecureSession)session).Handlers;
            handlers.Add("Twice", new ScriptedHandler(static async request =>
            {
                await request.WriteAsync(request.Argument!.Value);
                await request.WriteAsync(new RequestValue(StationMessageKind.Object, """{"value":"hi"}"""u8.ToArray()));
            }));
            handlers.Add("fails", new ScriptedHandler(static _ => throw new RequestFailedException("NoDisk", "ObjectNotFound", "There is no disk.")));
            handlers.Add("waits", new ScriptedHandler(request =>
            {
                request.CancellationToken.Register(stopped.SetResult);
                begun.SetResult();
                return stopped.Task;
            }));

            foreach ((string side, byte[] frame) in Frames())
            {
                if (side == "asker")
                {
                    if (frame[13] == 6)
                    {
                        await begun.Task.WaitAsync(TimeSpan.FromSeconds(60), Token);
                    }

                    await peer.SendAsync(frame);
                }
                else
                {
                    Assert.Equal(Convert.ToHexString(frame), Convert.ToHexString(await ReadMessageAsync(peer)));
                }
            }

            await stopped.Task.WaitAsync(TimeSpan.FromSeconds(60), Token);
            await peer.SendAsync(Wire.Ping(1));
            FrameType next;
            do
            {
                next = (await peer.ReadFrameAsync()).Type;
            }
            while (next == FrameType.Ack);
            Assert.Equal(FrameType.Pong, next);
        }
    }

    [Fact]
    public async Task The_askers_side_understands_the_answers_of_the_page()
    {
        (FakePeer peer, StationSession session) = await FakePeer.WithResponderAsync();
        await using (peer)
        {
            SessionRequests requests = SessionRequests.Of((SecureSession)session);
            byte[][] answers = [.. Frames().Where(static frame => frame.Side == "handler").Select(static frame => frame.Bytes)];
            RequestCall twice = await requests.CallAsync("twice", ScriptedHandler.Text("hi"), Token);

            // The example's asker gives 100 bytes, the product its window; beside the number, and what follows from its length, nothing differs.
            byte[] call = Frames().First().Bytes;
            Assert.Equal(Normal(call, "100"), Normal(await ReadMessageAsync(peer), "262144"));
            await peer.SendAsync(answers[..3]);
            Assert.Equal("hi", ScriptedHandler.Read((await twice.ReadAsync(Token))!.Value));
            RequestValue second = (await twice.ReadAsync(Token))!.Value;
            Assert.Equal((StationMessageKind.Object, """{"value":"hi"}"""), (second.Kind, ScriptedHandler.Read(second)));
            Assert.Null(await twice.ReadAsync(Token));

            // The ids of what is not shown are taken up by messages that answer nothing.
            RequestCall other = await requests.CallAsync("x", cancellationToken: Token);
            await ReadMessageAsync(peer);
            RequestCall fails = await requests.CallAsync("fails", cancellationToken: Token);
            Assert.Equal(Convert.ToHexString(Frames().Single(static frame => frame.Bytes[13] == 3 && frame.Side == "asker").Bytes), Convert.ToHexString(await ReadMessageAsync(peer)));
            RequestCall nobody = await requests.CallAsync("nobody", cancellationToken: Token);
            RequestCall waits = await requests.CallAsync("waits", cancellationToken: Token);
            await peer.SendAsync(answers[3..]);
            var failed = (RequestFailedException)await Expect.FaultAsync(StationFault.HandlerFailed, fails.ReadAsync(Token));
            Assert.Equal(("NoDisk", "ObjectNotFound", "There is no disk."), (failed.ErrorId, failed.Category, failed.Message));
            await Expect.FaultAsync(StationFault.NotFound, nobody.ReadAsync(Token));
            await ReadMessageAsync(peer);
            Assert.Equal(5ul, waits.Id);
            await ReadMessageAsync(peer);
            waits.Dispose();
            Assert.Equal(Convert.ToHexString(Frames().Last().Bytes), Convert.ToHexString(await ReadMessageAsync(peer)));
            other.Dispose();
        }
    }

    private static async Task<byte[]> ReadMessageAsync(FakePeer peer)
    {
        while (true)
        {
            (FrameType type, byte flags, byte[] body) = await peer.ReadFrameAsync();
            if (type == FrameType.Message)
            {
                return Wire.Raw((byte)type, flags, body);
            }
        }
    }

    private static string Normal(byte[] frame, string credit) =>
        Convert.ToHexString(frame)[12..].Replace(Convert.ToHexString([0, (byte)credit.Length, .. System.Text.Encoding.ASCII.GetBytes(credit)]), "CREDIT", StringComparison.Ordinal);

    private static IEnumerable<(string Side, byte[] Bytes)> Frames()
    {
        string page = File.ReadAllText(Path.Combine(SharedFolder.RepositoryRoot(), "docs", "protocol", "request.md"));
        MatchCollection frames = Block().Matches(page);
        Assert.Equal(11, frames.Count);
        return frames.Select(static frame => (frame.Groups["side"].Value, Convert.FromHexString(frame.Groups["hex"].Value.Replace(" ", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal))));
    }

    [GeneratedRegex(@"^```\n(?<side>asker|handler) +(?<hex>[0-9a-f \n]+)^```", RegexOptions.Multiline)]
    private static partial Regex Block();
}
