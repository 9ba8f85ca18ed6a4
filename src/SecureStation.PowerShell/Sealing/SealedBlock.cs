using System.Text;
using SecureStation.Core;

namespace SecureStation;

/// <summary>An armored message as it was gathered, or what was wrong with it.</summary>
/// <param name="Text">From BEGIN to END, lines that end in a line feed; null where it is not whole.</param>
/// <param name="Fault">What is wrong where there is no text.</param>
internal readonly record struct SealedBlock(string? Text, StationFault Fault = default)
{
    /// <summary>The bytes of the armor. Latin-1: a character beyond ASCII becomes a byte that the armor's reader refuses.</summary>
    /// <exception cref="StationException"><see cref="StationFault.SealBroken"/>, <see cref="StationFault.MessageTooLarge"/></exception>
    public byte[] ToArmor() => Text is not null
        ? Encoding.Latin1.GetBytes(Text)
        : throw new StationException(Fault, Fault == StationFault.MessageTooLarge
            ? "The sealed message is too large to be held in memory; Unprotect-StationFile takes any size."
            : "The sealed message is broken: its last line (END) is missing.");
}
