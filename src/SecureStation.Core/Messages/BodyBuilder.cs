using System.Buffers;
using System.Security.Cryptography;

namespace SecureStation.Core.Messages;

/// <summary>
/// Grows a message's body from its pieces. Where its length is known it is built where it stays; else in pooled chunks, which are joined once at the
/// end.
/// </summary>
internal sealed class BodyBuilder(SpareBodies? spare = null)
{
    // A sender's frame. Chunks grow to it, so that a message that is only begun holds no more than twice what came.
    private const int MaxChunk = 128 * 1024;

    private readonly List<(byte[] Bytes, int Used)> _full = [];
    private byte[]? _current;
    private int _used;
    private bool _isPooled;

    /// <summary>Bytes so far.</summary>
    public int Length { get; private set; }

    /// <summary>Begins a body of a known length.</summary>
    public void Begin(int length) => _current = length == 0 ? [] : spare?.TryTake(length) ?? GC.AllocateUninitializedArray<byte>(length);

    /// <summary>Where the next bytes will lie; <see cref="Advance"/> follows.</summary>
    public Span<byte> Reserve(int length)
    {
        if (_current is null || _current.Length - _used < length)
        {
            AddChunk(length);
        }

        return _current.AsSpan(_used, length);
    }

    /// <summary>So many bytes lie where <see cref="Reserve"/> said.</summary>
    public void Advance(int length)
    {
        _used += length;
        Length += length;
    }

    /// <summary>Copies the next bytes.</summary>
    public void Append(ReadOnlySpan<byte> part)
    {
        part.CopyTo(Reserve(part.Length));
        Advance(part.Length);
    }

    /// <summary>The whole body; a new one may begin.</summary>
    public byte[] Finish()
    {
        byte[] body = _isPooled ? Join() : _current!;
        if (_isPooled)
        {
            Drop();
        }

        Forget();
        return body;
    }

    /// <summary>Wipes an unfinished body; a new one may begin.</summary>
    public void Drop()
    {
        if (_current is { } current)
        {
            Free(current, _used);
        }

        foreach ((byte[] bytes, int used) in _full)
        {
            Free(bytes, used);
        }

        Forget();
    }

    private void AddChunk(int length)
    {
        if (_current is { } current)
        {
            _full.Add((current, _used));
        }

        _current = ArrayPool<byte>.Shared.Rent(Math.Max(length, Math.Min(Length, MaxChunk)));
        _isPooled = true;
        _used = 0;
    }

    private byte[] Join()
    {
        byte[] body = GC.AllocateUninitializedArray<byte>(Length);
        int position = 0;
        foreach ((byte[] bytes, int used) in _full)
        {
            bytes.AsSpan(0, used).CopyTo(body.AsSpan(position));
            position += used;
        }

        _current.AsSpan(0, _used).CopyTo(body.AsSpan(position));
        return body;
    }

    private void Free(byte[] bytes, int used)
    {
        CryptographicOperations.ZeroMemory(bytes.AsSpan(0, used));
        if (_isPooled)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private void Forget()
    {
        _full.Clear();
        _current = null;
        _used = 0;
        _isPooled = false;
        Length = 0;
    }
}
