using SecureStation.Core.Sessions;
using SecureStation.Core.Tests.Listening;
using SecureStation.Core.Tests.Sessions.Resuming;
using SecureStation.Core.Transfers;

namespace SecureStation.Core.Tests.Transfers;

/// <summary>A receiver that died after it had acknowledged an offer, and came back with its state, knows nothing of the file.</summary>
public sealed class ForgottenFileTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_of_which_a_resumed_receiver_says_nothing_is_offered_again()
    {
        await using ResumedPair pair = await ResumedPair.StartAsync();
        using var folder = new TemporaryFolder();
        StationTransfer sent = SendToMute(pair, folder, TimeSpan.FromMilliseconds(200));

        StationMessage first = await ReceiveAsync(pair);
        Assert.Equal(TransferOp.Offer, first.GetHeader(TransferMessages.OpHeader));
        await pair.CutAndResumeAsync();
        StationMessage cancel = await ReceiveAsync(pair);
        Assert.Equal(TransferOp.Cancel, cancel.GetHeader(TransferMessages.OpHeader));
        Assert.Equal(IdOf(first), IdOf(cancel));
        StationMessage again = await ReceiveAsync(pair);
        Assert.Equal(TransferOp.Offer, again.GetHeader(TransferMessages.OpHeader));
        Assert.NotEqual(IdOf(first), IdOf(again));
        sent.Stop();
    }

    [Fact]
    public async Task Without_a_cut_a_receiver_may_take_its_time()
    {
        await using ResumedPair pair = await ResumedPair.StartAsync();
        using var folder = new TemporaryFolder();
        StationTransfer sent = SendToMute(pair, folder, TimeSpan.FromMilliseconds(50));

        await ReceiveAsync(pair);
        Task<StationMessage> second = ReceiveAsync(pair);
        Assert.NotSame(second, await Task.WhenAny(second, Task.Delay(500, Token)));
        sent.Stop();
        Assert.Equal(TransferOp.Cancel, (await second).GetHeader(TransferMessages.OpHeader));
    }

    // The server has the service on, and answers nothing.
    private static StationTransfer SendToMute(ResumedPair pair, TemporaryFolder folder, TimeSpan signOfLife)
    {
        File.WriteAllText(folder.File("f"), "content");
        FileService.Of(pair.Client).SignOfLife = signOfLife;
        pair.Server.Services.SwitchOn(TransferMessages.Service);
        return FileSender.Start(pair.Client, folder.File("f"));
    }

    private static Task<StationMessage> ReceiveAsync(ResumedPair pair) =>
        pair.Server.Services.ReceiveAsync(TransferMessages.Service, Token).WaitAsync(TestListener.Patience, Token);

    private static TransferId IdOf(StationMessage message) => TransferId.Read(message.BodyBytes.Span);
}
