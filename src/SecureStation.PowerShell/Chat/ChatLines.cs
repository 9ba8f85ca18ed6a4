using System.Management.Automation.Host;

namespace SecureStation.Chat;

/// <summary>
/// The lines that somebody types, without waiting for them: what the other side says is shown while a line is being typed. Keys come
/// from the host; where its input is a file or a pipe, whole lines come from there.
/// </summary>
internal sealed class ChatLines(PSHost host)
{
    private readonly TypedLine _typed = new(text => host.UI.RawUI.LengthInBufferCells(text));
    private Task<string?>? _reading;

    /// <summary>Whether there will be no more lines.</summary>
    public bool IsFinished { get; private set; }

    /// <summary>The next line, if it is complete.</summary>
    public bool TryRead(out string line)
    {
        line = "";
        return !IsFinished && (Console.IsInputRedirected ? TryReadRedirected(out line) : TryReadKeys(out line));
    }

    /// <summary>Takes the half-typed line off the screen, so that something can be written, and puts it back.</summary>
    public void Around(Action write)
    {
        Erase();
        write();
        host.UI.Write(_typed.ToString());
    }

    private bool TryReadRedirected(out string line)
    {
        line = "";
        _reading ??= Task.Run(Console.In.ReadLine);
        if (!_reading.IsCompleted)
        {
            return false;
        }

        string? read = _reading.GetAwaiter().GetResult();
        _reading = null;
        IsFinished = read is null;
        line = read ?? "";
        return read is not null;
    }

    private bool TryReadKeys(out string line)
    {
        line = "";
        while (host.UI.RawUI.KeyAvailable)
        {
            KeyInfo key = host.UI.RawUI.ReadKey(ReadKeyOptions.IncludeKeyDown | ReadKeyOptions.NoEcho);
            switch (key.Character)
            {
                case '\r' or '\n':
                    host.UI.WriteLine();
                    line = _typed.Take();
                    return true;
                case '\b' or '\x7F' when !_typed.IsEmpty:
                    Erase();
                    _typed.RemoveLast();
                    host.UI.Write(_typed.ToString());
                    break;
                case char character when !char.IsControl(character):
                    _typed.Append(character);

                    // Both halves of a pair at once: one alone is nothing that a terminal can show.
                    host.UI.Write(char.IsHighSurrogate(character) ? "" : char.IsLowSurrogate(character) ? _typed.ToString()[^2..] : character.ToString());
                    break;
            }
        }

        return false;
    }

    private void Erase()
    {
        if (!_typed.IsEmpty)
        {
            host.UI.Write(_typed.Erase(host.UI.RawUI.WindowSize.Width));
        }
    }
}
