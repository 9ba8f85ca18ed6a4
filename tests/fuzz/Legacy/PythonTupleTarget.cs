using System.Text;
using SecureStation.Fuzz.Targets;
using SecureStation.Legacy.Chat;

namespace SecureStation.Fuzz.Legacy;

/// <summary>Tuples of Python 2. What is taken is the same when it is written and read again.</summary>
internal sealed class PythonTupleTarget : IFuzzTarget
{
    public string Name => "python-tuple";

    public IEnumerable<byte[]> Corpus() =>
    [
        .. VectorFiles.Texts("legacy/legacy.json", "text").Select(Encoding.Latin1.GetBytes),
        """('abc\x00\'\\',)"""u8.ToArray(),
        """( b"a\101\N{DIGIT ONE}" , )"""u8.ToArray(),
        "(r'''a\nb''',)"u8.ToArray(),
    ];

    public bool Run(byte[] input)
    {
        try
        {
            if (!PythonTuple.TryRead(input, out byte[] value, out _))
            {
                return false;
            }

            return PythonTuple.TryRead(PythonTuple.Write(value), out byte[] again, out _) && again.AsSpan().SequenceEqual(value)
                ? true
                : throw new InvalidOperationException("What was read is another when it is written and read.");
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
