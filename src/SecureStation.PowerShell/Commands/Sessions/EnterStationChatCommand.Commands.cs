using SecureStation.Chat;
using SecureStation.Core;
using SecureStation.Core.Transfers;

namespace SecureStation.Commands;

// What a line that begins with a slash does.
public sealed partial class EnterStationChatCommand
{
    // Does what was typed. False: words that have to wait for their turn.
    private bool Do(ChatCommand command, ChatLines lines)
    {
        switch (command.Kind)
        {
            case ChatCommandKind.Say when Peer.TakesTurns && !_isMyTurn:
                return false;
            case ChatCommandKind.Say:
                Say(command.Text);
                break;
            case ChatCommandKind.Quit:
                FinishTransfers(lines);
                Say(Quit);
                break;
            case ChatCommandKind.Send:
                SendFile(command.Text, lines);
                break;
            case ChatCommandKind.Who:
                lines.Around(() => Host.UI.WriteLine(Who()));
                break;
            case ChatCommandKind.Help:
                lines.Around(() => Host.UI.WriteLine(ChatCommand.Help));
                break;
            default:
                lines.Around(() => Host.UI.WriteLine($"{ForeignText.Show(command.Text)} is no command; /help shows them. //text says a line that begins with a slash."));
                break;
        }

        return true;
    }

    // In the background: the chat goes on, and says what became of it.
    private void SendFile(string path, ChatLines lines)
    {
        try
        {
            _transfers.Add(FileSender.Start(Peer, PathResolver.Unresolved(this, path)));
        }
        catch (StationException failure)
        {
            lines.Around(() => Host.UI.WriteLine(failure.Message));
        }
    }

    // Whoever quits has not taken back what he sent; Ctrl+C does.
    private void FinishTransfers(ChatLines lines)
    {
        foreach (StationTransfer transfer in _transfers.Where(static transfer => !transfer.HasEnded))
        {
            lines.Around(() => Host.UI.WriteLine($"{ForeignText.Show(transfer.Name)} is still on its way; Ctrl+C leaves at once."));
            Await(transfer.WaitAsync, Deadline.After(Deadline.Infinite), "The file did not arrive");
        }

        ShowTransfers(lines);
    }

    private void ShowTransfers(ChatLines lines)
    {
        foreach (StationTransfer ended in _transfers.Where(static transfer => transfer.HasEnded).ToArray())
        {
            _transfers.Remove(ended);
            lines.Around(() => Host.UI.WriteLine(ended.Error is { } failure
                ? $"{ForeignText.Show(ended.Name)} did not arrive: {failure.Message}"
                : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{ForeignText.Show(ended.Name)} has arrived, {ended.Length:N0} bytes.")));
        }
    }
}
