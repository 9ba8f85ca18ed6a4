using System.Buffers;
using System.Security.Cryptography;

namespace SecureStation.Core.Sessions.Secure;

/// <summary>The bytes that were read and not yet decrypted. Small while a session is quiet; a burst rents more.</summary>
internal sealed class ReadBuffer : IDisposable
{
    private const int IdleSize = 2 * 1024;
    private const int BurstSize = 256 * 1024;

    // A burst has short reads in it too, such as the tail of what a sender wrote at once; so many one after another end it.
    private const int MaxShortReads = 8;

    private byte[] _bytes = new byte[IdleSize];
    private bool _isRented;
    private int _filled;
    private int _used;
    private int _shortReads;

    /// <summary>Whether much comes in at once.</summary>
    public bool IsInBurst => _isRented;

    /// <summary>What was read and not eaten.</summary>
    public Span<byte> Filled => _bytes.AsSpan(0, _filled);

    /// <summary>Where to read to.</summary>
    public Memory<byte> Free => _bytes.AsMemory(_filled);

    /// <summary>So many bytes were read.</summary>
    public void NoteRead(int count)
    {
        _filled += count;
        _used = Math.Max(_used, _filled);
    }

    /// <summary>So many bytes were eaten; the rest moves to the front.</summary>
    public void Eat(int count)
    {
        if (count > 0)
        {
            _filled -= count;
            Buffer.BlockCopy(_bytes, count, _bytes, 0, _filled);
        }
    }

    /// <summary>Bytes that somebody else has read.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        MakeRoom(bytes.Length);
        bytes.CopyTo(Free.Span);
        NoteRead(bytes.Length);
    }

    /// <summary>Makes room for the next read after one of <paramref name="lastRead"/> bytes.</summary>
    public void MakeRoom(int lastRead)
    {
        // A burst begins when the small buffer is full.
        _shortReads = lastRead >= IdleSize ? 0 : _shortReads + 1;
        Become(_filled == IdleSize || lastRead >= IdleSize || (_isRented && (_filled > 0 || _shortReads < MaxShortReads)));
    }

    /// <summary>Nothing has come for a while: a burst is over, if nothing is left of it.</summary>
    public void Rest()
    {
        if (_filled == 0)
        {
            Become(inBurst: false);
        }
    }

    public void Dispose()
    {
        Release();
        _bytes = [];
        _isRented = false;
        _filled = 0;
        _used = 0;
    }

    private void Become(bool inBurst)
    {
        if (inBurst == _isRented)
        {
            return;
        }

        byte[] next = inBurst ? ArrayPool<byte>.Shared.Rent(BurstSize) : new byte[IdleSize];
        Filled.CopyTo(next);
        Release();
        _bytes = next;
        _isRented = inBurst;
        _used = _filled;
    }

    private void Release()
    {
        CryptographicOperations.ZeroMemory(_bytes.AsSpan(0, _used));
        if (_isRented)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }
    }
}
