using System.Text;
using SecureStation.Core.Sessions;

namespace SecureStation.Core.Transcripts;

/// <summary>
/// One message of an old protocol's key transport: what went over the wire, and what is wrong with it. For teaching; there is nothing in
/// such a handshake that a signature could be evidence of.
/// </summary>
public sealed record LegacyTranscriptStep
{
    /// <summary>1, 2, 3 …</summary>
    public required int Number { get; init; }

    /// <summary>Who sent it.</summary>
    public required StationRole From { get; init; }

    /// <summary>What the message is called.</summary>
    public required string Name { get; init; }

    /// <summary>Its bytes on the wire.</summary>
    public required int Length { get; init; }

    /// <summary>The message as it went over the wire: text where it is ASCII, else hex.</summary>
    public required string Message { get; init; }

    /// <summary>What it is for, and what is wrong with it.</summary>
    public required string Meaning { get; init; }

    /// <summary>When this side wrote or read it.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What the wire does not show and this side knows, bytes as hex; null unless it was asked for.</summary>
    public IReadOnlyDictionary<string, string>? Secrets { get; init; }

    /// <summary>The steps of a legacy session's handshake.</summary>
    /// <param name="session">A session of a protocol that is not secure.</param>
    /// <param name="includeSecrets">Whether to give the secrets too. Never for a secure protocol.</param>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: the secrets of a secure protocol were asked for.</exception>
    public static IReadOnlyList<LegacyTranscriptStep> Of(StationSession session, bool includeSecrets = false)
    {
        ArgumentNullException.ThrowIfNull(session);
        if (includeSecrets && session.IsSecure)
        {
            throw new StationException(StationFault.InvalidArgument, $"The secrets of the {session.Protocol} protocol are not given out. Those of the old, insecure protocols are, for teaching.");
        }

        return [.. session.ProtocolSteps.Select(step => new LegacyTranscriptStep
        {
            Number = step.Number,
            From = step.IsFromInitiator ? StationRole.Initiator : StationRole.Responder,
            Name = step.Name,
            Length = step.Message.Length,
            Message = ToText(step.Message.Span),
            Meaning = step.Meaning,
            At = step.At,
            Secrets = includeSecrets ? step.RevealSecrets().ToDictionary(StringComparer.Ordinal) : null,
        })];
    }

    private static string ToText(ReadOnlySpan<byte> message) => message.ContainsAnyExceptInRange((byte)'\n', (byte)'~')
        ? Convert.ToHexStringLower(message)
        : Encoding.ASCII.GetString(message);
}
