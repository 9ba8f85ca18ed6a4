using System.Buffers.Binary;

namespace SecureStation.Endurance.Rows;

/// <summary>The last number that was accepted, in a file that outlives the process.</summary>
internal sealed class AcceptedNumber(string path) : IDisposable
{
    private readonly FileStream _file = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
    private readonly byte[] _bytes = new byte[sizeof(long)];

    public long Value
    {
        get => RandomAccess.Read(_file.SafeFileHandle, _bytes, 0) == sizeof(long) ? BinaryPrimitives.ReadInt64BigEndian(_bytes) : 0;
        set
        {
            BinaryPrimitives.WriteInt64BigEndian(_bytes, value);
            RandomAccess.Write(_file.SafeFileHandle, _bytes, 0);
        }
    }

    public void Dispose() => _file.Dispose();
}
