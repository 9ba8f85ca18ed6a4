using SecureStation.Core.Mailboxes;
using SecureStation.Core.Mailboxes.Simulated;

namespace SecureStation.Core.Tests.Mailboxes;

/// <summary>The simulated mailbox keeps what the others keep, and breaks what it is told to.</summary>
public sealed class SimulatedMailboxTests : MailboxSuite
{
    private SimulatedMailbox? _mailbox;

    [Fact]
    public async Task Stores_a_letter_whose_answer_is_lost()
    {
        await OpenAsync();
        _mailbox!.Faults.LostPutAnswers = 1;
        StationException lost = await Assert.ThrowsAsync<StationException>(() => _mailbox.PutAsync(Box, Letter("x"), isDurable: true, Token));
        Assert.Equal(StationFault.MailboxUnavailable, lost.Fault);
        Assert.Equal("x", Text(await TakeAsync(_mailbox)));
    }

    [Fact]
    public async Task Forgets_acknowledgements_when_it_restarts()
    {
        await OpenAsync();
        await _mailbox!.PutAsync(Box, Letter("x"), isDurable: true, Token);
        await (await TakeAsync(_mailbox)).CompleteAsync(Token);
        _mailbox.Restart(forgottenAcknowledgements: 1);
        Assert.Equal("x", Text(await TakeAsync(_mailbox)));
    }

    [Fact]
    public async Task Gives_a_letter_to_two_when_told()
    {
        await OpenAsync();
        await _mailbox!.PutAsync(Box, Letter("x"), isDurable: true, Token);
        _mailbox.Faults.GivenTwice = 1;
        Assert.Equal("x", Text(await TakeAsync(_mailbox)));
        Assert.Equal("x", Text(await TakeAsync(_mailbox)));
    }

    protected override Task<IStationMailbox> OpenAsync(TimeSpan lease) =>
        Task.FromResult<IStationMailbox>(_mailbox ??= new SimulatedMailbox(new MailboxOptions { LeaseDuration = lease }));
}
