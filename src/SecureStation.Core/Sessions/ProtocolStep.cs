namespace SecureStation.Core.Sessions;

/// <summary>
/// One message of a legacy handshake as it went over the wire, and what it means. Its secrets are there for teaching what is wrong
/// with the protocol; only <see cref="RevealSecrets"/> gives them.
/// </summary>
public sealed class ProtocolStep
{
    private readonly IReadOnlyList<KeyValuePair<string, string>> _secrets;

    /// <summary>Makes a step; <paramref name="secrets"/> are names and values (bytes as lower-case hex) that this side knows and the wire does not show.</summary>
    public ProtocolStep(int number, string name, bool isFromInitiator, ReadOnlyMemory<byte> message, string meaning, IReadOnlyList<KeyValuePair<string, string>>? secrets = null)
    {
        Number = number;
        Name = name;
        IsFromInitiator = isFromInitiator;
        Message = message;
        Meaning = meaning;
        _secrets = secrets ?? [];
    }

    /// <summary>1, 2, 3 …</summary>
    public int Number { get; }

    /// <summary>What the message is called.</summary>
    public string Name { get; }

    /// <summary>Who sent it.</summary>
    public bool IsFromInitiator { get; }

    /// <summary>The bytes that went over the wire.</summary>
    public ReadOnlyMemory<byte> Message { get; }

    /// <summary>What it is for, and what is wrong with it.</summary>
    public string Meaning { get; }

    /// <summary>When it was written or read on this side.</summary>
    public DateTimeOffset At { get; } = DateTimeOffset.UtcNow;

    /// <summary>The secret values of the step, for teaching. Not for logs.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> RevealSecrets() => _secrets;

    /// <inheritdoc/>
    public override string ToString() => $"{Number} {Name}";
}
