namespace SecureStation.Core.Sealing.Cards;

/// <summary>The lines of a text with secrets in it, without a string of any: whoever holds the characters can zero them. Empty lines are passed over.</summary>
internal ref struct SecretLines(ReadOnlySpan<char> text)
{
    private ReadOnlySpan<char> _rest = text;

    /// <summary>The next line, without white space around it.</summary>
    public bool TryNext(out ReadOnlySpan<char> line)
    {
        line = default;
        while (line.IsEmpty && !_rest.IsEmpty)
        {
            int end = _rest.IndexOf('\n');
            line = (end < 0 ? _rest : _rest[..end]).Trim();
            _rest = end < 0 ? default : _rest[(end + 1)..];
        }

        return !line.IsEmpty;
    }
}
