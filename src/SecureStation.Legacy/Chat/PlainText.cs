using System.Buffers;
using System.Text;

namespace SecureStation.Legacy.Chat;

/// <summary>
/// Text in protocols that have no integrity check and say nothing of an encoding: it is written as UTF-8, and what a decryption gives is
/// recognised as right by looking like text.
/// </summary>
internal static class PlainText
{
    /// <summary>
    /// Whether bytes look like what somebody typed: valid UTF-8 and no control characters but tabs and line ends.
    /// 16 random bytes do once in about five million times.
    /// </summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="mayBeCut">Whether they may end within a character.</param>
    public static bool IsPlausible(ReadOnlySpan<byte> bytes, bool mayBeCut = false)
    {
        while (!bytes.IsEmpty)
        {
            OperationStatus status = Rune.DecodeFromUtf8(bytes, out Rune character, out int length);
            if (status != OperationStatus.Done)
            {
                return mayBeCut && status == OperationStatus.NeedMoreData;
            }

            if (Rune.IsControl(character) && character.Value is not ('\t' or '\n' or '\r'))
            {
                return false;
            }

            bytes = bytes[length..];
        }

        return true;
    }

    /// <summary>The bytes as text; what is not UTF-8 is shown as U+FFFD.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);
}
