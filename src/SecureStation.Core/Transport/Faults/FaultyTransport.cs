using System.Buffers.Binary;

namespace SecureStation.Core.Transport.Faults;

/// <summary>
/// A transport on which what is written goes wrong as planned, for tests. It takes apart what a station writes:
/// <code>
/// preamble line                        the initiator's first bytes
/// u16 length | Noise message           a message
/// u16 0 | u16 reason                   a plain refusal, a message too
/// </code>
/// One end changes what that end writes; a connection has one at each end.
/// </summary>
public sealed class FaultyTransport : ITransport
{
    private readonly ITransport _inner;
    private readonly FaultPlan _plan;
    private readonly StationRole _role;
    private readonly List<byte> _pending = [];
    private byte[]? _heldBack;
    private bool _preambleIsThrough;
    private long _messages;
    private long _bytes;

    /// <param name="inner">The transport that works; this one owns it.</param>
    /// <param name="plan">What goes wrong.</param>
    /// <param name="role">Whose end this is.</param>
    public FaultyTransport(ITransport inner, FaultPlan plan, StationRole role)
    {
        _inner = inner;
        _plan = plan;
        _role = role;
        _preambleIsThrough = role == StationRole.Responder;
    }

    /// <inheritdoc/>
    public string LocalAddress => _inner.LocalAddress;

    /// <inheritdoc/>
    public string RemoteAddress => _inner.RemoteAddress;

    /// <inheritdoc/>
    public bool CanCompleteWrites => _inner.CanCompleteWrites;

    /// <inheritdoc/>
    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken) => _inner.ReadAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        _pending.AddRange(data.Span);
        while (TryTake(out byte[] unit, out bool isMessage))
        {
            if (!isMessage)
            {
                await WriteBytesAsync(unit, cancellationToken).ConfigureAwait(false);
                continue;
            }

            _messages++;
            FaultRule? rule = _plan.ForMessage(_role, _messages);
            if (rule?.Fault == FaultKind.Reorder)
            {
                _heldBack = unit;
                continue;
            }

            await WriteMessageAsync(unit, rule, cancellationToken).ConfigureAwait(false);
            if (_heldBack is { } late)
            {
                _heldBack = null;
                await WriteBytesAsync(late, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask CompleteWritesAsync()
    {
        if (_heldBack is { } late)
        {
            _heldBack = null;
            await WriteBytesAsync(late, CancellationToken.None).ConfigureAwait(false);
        }

        await _inner.CompleteWritesAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Abort() => _inner.Abort();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _inner.DisposeAsync();

    private async ValueTask WriteMessageAsync(byte[] message, FaultRule? rule, CancellationToken cancellationToken)
    {
        switch (rule?.Fault)
        {
            case FaultKind.Delay:
                await Task.Delay(rule.Delay, cancellationToken).ConfigureAwait(false);
                break;
            case FaultKind.Drop:
                return;
            case FaultKind.Corrupt:
                message[^1] ^= 1;
                break;
            case FaultKind.Duplicate:
                await WriteBytesAsync(message, cancellationToken).ConfigureAwait(false);
                break;
            case FaultKind.Truncate:
                // Length 0 would be a refusal, so at least one byte stays.
                int half = Math.Max(1, (message.Length - 2) / 2);
                message = message[..(2 + half)];
                BinaryPrimitives.WriteUInt16BigEndian(message, (ushort)half);
                break;
            case FaultKind.Cut:
                throw Cut(rule);
        }

        await WriteBytesAsync(message, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask WriteBytesAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        while (!data.IsEmpty)
        {
            FaultRule? rule = _plan.ForBytes(_role, _bytes + 1, data.Length);
            int whole = rule is null ? data.Length : (int)(rule.Byte - _bytes - 1);
            if (whole > 0)
            {
                await _inner.WriteAsync(data[..whole], cancellationToken).ConfigureAwait(false);
            }

            _bytes += whole;
            data = data[whole..];
            if (rule is null)
            {
                return;
            }

            byte[] changed = await ApplyAsync(rule, data.Span[0], cancellationToken).ConfigureAwait(false);
            await _inner.WriteAsync(changed, cancellationToken).ConfigureAwait(false);

            // What a truncation swallows was counted all the same: a later rule means the byte that was to be sent.
            int done = rule.Fault == FaultKind.Truncate ? data.Length : 1;
            _bytes += done;
            data = data[done..];
        }
    }

    private async ValueTask<byte[]> ApplyAsync(FaultRule rule, byte value, CancellationToken cancellationToken)
    {
        switch (rule.Fault)
        {
            case FaultKind.Delay:
                await Task.Delay(rule.Delay, cancellationToken).ConfigureAwait(false);
                return [value];
            case FaultKind.Drop or FaultKind.Truncate:
                return [];
            case FaultKind.Corrupt:
                return [(byte)(value ^ 1)];
            case FaultKind.Duplicate:
                return [value, value];
            default:
                throw Cut(rule);
        }
    }

    private CutOnPurposeException Cut(FaultRule rule)
    {
        _inner.Abort();
        return new CutOnPurposeException(rule);
    }

    /// <summary>Takes the next whole part of what was written.</summary>
    private bool TryTake(out byte[] unit, out bool isMessage)
    {
        unit = [];
        isMessage = _preambleIsThrough;
        int length;
        if (!_preambleIsThrough)
        {
            length = _pending.IndexOf((byte)'\n') + 1;
            _preambleIsThrough = length > 0;
        }
        else if (_pending.Count < 2)
        {
            length = 0;
        }
        else
        {
            int body = (_pending[0] << 8) | _pending[1];
            length = 2 + (body == 0 ? 2 : body);
        }

        if (length == 0 || _pending.Count < length)
        {
            return false;
        }

        unit = [.. _pending[..length]];
        _pending.RemoveRange(0, length);
        return true;
    }
}
