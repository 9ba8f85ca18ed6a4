using System.Text;
using SecureStation.Core;

namespace SecureStation;

/// <summary>
/// Gathers armored messages from lines, as Get-Content writes them, or from whole texts: from BEGIN to END, several in a row. What stands outside of
/// blocks is passed over, and holds no memory.
/// </summary>
internal sealed class SealedText
{
    private const string Begin = "-----BEGIN AGE ENCRYPTED FILE-----";
    private const string End = "-----END AGE ENCRYPTED FILE-----";

    // A body of 16 MiB, a header of 256 KiB and their armor have 23 MiB.
    private const int MaxLength = 24 * 1024 * 1024;

    private readonly StringBuilder _block = new();
    private bool _isInside;
    private bool _hasText;
    private bool _isTooLarge;

    /// <summary>Takes a line or more; gives the blocks that end in it.</summary>
    public IEnumerable<SealedBlock> Take(string text)
    {
        foreach (string line in text.Split('\n'))
        {
            string trimmed = line.Trim();
            _hasText |= trimmed.Length > 0;
            if (trimmed == Begin)
            {
                // One that was not ended is broken; what begins here may be whole.
                bool wasCut = _isInside;
                _block.Clear();
                (_isInside, _isTooLarge) = (true, false);
                if (wasCut)
                {
                    yield return new SealedBlock(null, StationFault.SealBroken);
                }
            }

            if (!_isInside)
            {
                continue;
            }

            Append(line.TrimEnd('\r'));
            if (trimmed == End)
            {
                _isInside = false;
                string block = _block.ToString();
                _block.Clear();
                yield return _isTooLarge ? new SealedBlock(null, StationFault.MessageTooLarge) : new SealedBlock(block);
            }
        }
    }

    /// <summary>Says at the end of the input what was wrong with it; null where nothing was.</summary>
    public StationException? Complete(int found)
    {
        if (_isInside)
        {
            return new StationException(StationFault.SealBroken, "The sealed message is broken: its last line (END) is missing.");
        }

        return found == 0 && _hasText ? new StationException(StationFault.SealBroken, $"The text holds no sealed message ({Begin}).") : null;
    }

    private void Append(string line)
    {
        _isTooLarge |= _block.Length + line.Length > MaxLength;
        if (!_isTooLarge)
        {
            _block.Append(line).Append('\n');
        }
    }
}
