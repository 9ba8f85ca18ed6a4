using System.Buffers.Text;

namespace SecureStation.Core.Age;

/// <summary>Writes ASCII armor around bytes; it is drawn at <see cref="Armor"/>. The destination is not disposed of.</summary>
internal sealed class ArmorWriter : OneWayStream
{
    private const int LinesAtOnce = 256;

    private readonly Stream _destination;
    private readonly byte[] _line = new byte[Armor.LineBytes];
    private readonly byte[] _text = new byte[LinesAtOnce * (Armor.Columns + 1)];
    private int _held;
    private int _textLength;
    private bool _isDone;

    /// <summary>Writes the BEGIN line.</summary>
    public ArmorWriter(Stream destination)
    {
        _destination = destination;
        _destination.Write([.. Armor.Begin, (byte)'\n']);
    }

    /// <inheritdoc/>
    public override bool CanWrite => !_isDone;

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_isDone, this);
        while (!buffer.IsEmpty)
        {
            int length = Math.Min(buffer.Length, _line.Length - _held);
            buffer[..length].CopyTo(_line.AsSpan(_held));
            _held += length;
            buffer = buffer[length..];
            if (_held == _line.Length)
            {
                WriteLine();
            }
        }
    }

    /// <summary>Writes what is left and the END line.</summary>
    public void Complete()
    {
        ObjectDisposedException.ThrowIf(_isDone, this);
        if (_held > 0)
        {
            WriteLine();
        }

        _isDone = true;
        WriteText();
        _destination.Write([.. Armor.End, (byte)'\n']);
        _destination.Flush();
    }

    private void WriteLine()
    {
        Base64.EncodeToUtf8(_line.AsSpan(0, _held), _text.AsSpan(_textLength), out _, out int length);
        _textLength += length;
        _text[_textLength++] = (byte)'\n';
        _held = 0;
        if (_text.Length - _textLength <= Armor.Columns)
        {
            WriteText();
        }
    }

    private void WriteText()
    {
        _destination.Write(_text, 0, _textLength);
        _textLength = 0;
    }
}
