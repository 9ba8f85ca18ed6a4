using System.Management.Automation;
using System.Text;
using SecureStation.Core;

namespace SecureStation;

/// <summary>What parameters take that carry bytes as they are: a string stands for its UTF-8.</summary>
internal static class TextOrBytes
{
    /// <summary>The bytes of a parameter's value; none of null.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: neither a string nor bytes.</exception>
    public static byte[] Of(object? value, string parameter)
    {
        object? input = value is PSObject wrapped ? wrapped.BaseObject : value;
        return input switch
        {
            null => [],
            string text => Encoding.UTF8.GetBytes(text),
            byte[] bytes => bytes,
            ReadOnlyMemory<byte> bytes => bytes.ToArray(),
            System.Collections.IEnumerable when LanguagePrimitives.TryConvertTo(input, out byte[]? bytes) => bytes!,
            _ => throw new StationException(StationFault.InvalidArgument, $"-{parameter} takes a string or a byte[], not {input.GetType().Name}."),
        };
    }
}
