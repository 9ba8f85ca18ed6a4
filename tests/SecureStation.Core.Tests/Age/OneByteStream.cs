namespace SecureStation.Core.Tests.Age;

/// <summary>Gives one byte a read, and the letter a for ever after the last where it is endless: the worst network there is.</summary>
internal sealed class OneByteStream(byte[] bytes, bool isEndless = false) : MemoryStream(bytes)
{
    public override int Read(byte[] buffer, int offset, int count)
    {
        int read = base.Read(buffer, offset, Math.Min(1, count));
        if (read > 0 || !isEndless || count == 0)
        {
            return read;
        }

        buffer[offset] = (byte)'a';
        return 1;
    }
}
