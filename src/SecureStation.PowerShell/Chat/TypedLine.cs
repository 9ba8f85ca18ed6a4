using System.Globalization;
using System.Text;

namespace SecureStation.Chat;

/// <summary>A line that is being typed, as it stands on the screen: over several rows where it is longer than the window is wide.</summary>
/// <param name="cells">How many columns a text takes on the screen.</param>
internal sealed class TypedLine(Func<string, int> cells)
{
    private readonly StringBuilder _text = new();

    /// <summary>Whether nothing is typed.</summary>
    public bool IsEmpty => _text.Length == 0;

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    /// <summary>Takes a key. Control characters have no place in a line.</summary>
    public void Append(char key) => _text.Append(key);

    /// <summary>Takes the last character away, with all that belongs to it: an accent, the second half of a pair.</summary>
    public void RemoveLast()
    {
        if (IsEmpty)
        {
            return;
        }

        int[] begins = StringInfo.ParseCombiningCharacters(_text.ToString());
        _text.Length = begins[^1];
    }

    /// <summary>The line, which is empty then.</summary>
    public string Take()
    {
        string line = _text.ToString();
        _text.Clear();
        return line;
    }

    /// <summary>What takes the line off a terminal (ECMA-48: cursor up, erase to the end of the screen). The cursor stands behind its last character.</summary>
    /// <param name="width">Columns of the window.</param>
    public string Erase(int width)
    {
        // A line that just fills a row leaves the cursor on it.
        int rows = width > 0 && !IsEmpty ? Math.Max(0, cells(_text.ToString()) - 1) / width : 0;
        return rows > 0 ? string.Create(CultureInfo.InvariantCulture, $"\r\x1b[{rows}A\x1b[J") : "\r\x1b[J";
    }
}
