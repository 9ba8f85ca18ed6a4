using System.Text;

namespace SecureStation.Endurance.Rows;

/// <summary>Writes a <see cref="NumberLog"/>: a line for each number, at once, and one for each beginning of a process.</summary>
internal sealed class NumberLogWriter : IDisposable
{
    private readonly FileStream _file;

    public NumberLogWriter(string path)
    {
        _file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        Write(NumberLog.Begun);
    }

    public void Note(long number, bool isMarked) => Write($"{number}{(isMarked ? NumberLog.Mark : string.Empty)}");

    public void Dispose() => _file.Dispose();

    private void Write(string line) => _file.Write(Encoding.ASCII.GetBytes(line + "\n"));
}
