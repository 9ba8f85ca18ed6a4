using SecureStation.Core;
using SecureStation.Core.Notary.Log;

namespace SecureStation;

/// <summary>A -Head: a head, its text, or the entry that it is of.</summary>
public sealed class LogHeadReference
{
    private readonly NotaryLogHead? _head;
    private readonly string? _text;

    /// <summary>A head.</summary>
    public LogHeadReference(NotaryLogHead head) => _head = head;

    /// <summary>An entry that Get-StationNotaryLog wrote.</summary>
    public LogHeadReference(NotaryLogEntry entry) => _head = entry?.Head;

    /// <summary>The text of a head.</summary>
    public LogHeadReference(string text) => _text = text;

    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/></exception>
    internal NotaryLogHead Resolve() => _head ?? NotaryLogHead.Parse(_text ?? string.Empty);

    /// <inheritdoc/>
    public override string ToString() => _head?.ToString() ?? _text ?? string.Empty;
}
