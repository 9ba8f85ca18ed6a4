namespace SecureStation.Core.Transport.Faults;

/// <summary>
/// One thing that goes wrong on purpose, in one direction, at a message or a byte. Messages are those of the wire: u16 length and Noise message,
/// of the handshake as of the session, counted from 1 in each direction; the preamble is none of them. Bytes are counted from 1 too, the preamble's first.
/// </summary>
public sealed record FaultRule
{
    /// <summary>What goes wrong.</summary>
    public required FaultKind Fault { get; init; }

    /// <summary>Whose sending it concerns; null for both.</summary>
    public StationRole? From { get; init; }

    /// <summary>The message, from 1; 0 where it is about a byte.</summary>
    public long Message { get; init; }

    /// <summary>The byte, from 1; 0 where it is about a message.</summary>
    public long Byte { get; init; }

    /// <summary>How many messages in a row, from <see cref="Message"/> on.</summary>
    public long Count { get; init; } = 1;

    /// <summary>How long a delay is, in seconds.</summary>
    public double DelaySec { get; init; } = 0.2;

    internal TimeSpan Delay => TimeSpan.FromSeconds(DelaySec);

    /// <inheritdoc/>
    public override string ToString() => $"{Fault} {(Message > 0 ? $"message {Message}" : $"byte {Byte}")} from {From?.ToString() ?? "either"}";

    /// <summary>Refuses what cannot be done.</summary>
    internal void Check()
    {
        string? problem = this switch
        {
            { Message: < 0 } or { Byte: < 0 } or { Message: 0, Byte: 0 } or { Message: > 0, Byte: > 0 } => "needs a Message or a Byte, counted from 1, and not both",
            { Fault: FaultKind.Reorder, Byte: > 0 } => "is possible with a Message only",
            { Count: < 1 } => "needs a Count of at least 1",
            { Count: > 1, Byte: > 0 } or { Count: > 1, Fault: FaultKind.Reorder or FaultKind.Cut } => "takes no Count",
            { DelaySec: not (>= 0 and <= 86_400) } => "needs a DelaySec between 0 and a day",
            _ => null,
        };
        if (problem is not null)
        {
            throw new StationException(StationFault.InvalidArgument, $"The fault {Fault} {problem}.");
        }
    }
}
