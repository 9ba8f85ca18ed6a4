using System.Text;
using SecureStation.Core.Auditing;

namespace SecureStation.Fuzz.Targets;

/// <summary>Lines of a station's log, which its reader takes as they are.</summary>
internal sealed class LogTarget : IFuzzTarget
{
    public string Name => "log";

    public IEnumerable<byte[]> Corpus() =>
        [Encoding.UTF8.GetBytes($$"""{"seq":1,"time":"2026-11-28T08:00:00.0000000Z","event":"refused","count":3,"address":"a:1","reason":"Timeout","previous":"{{new string('0', 64)}}"}""")];

    public bool Run(byte[] input) => StationLogEntry.Parse(input, 1).Problem is null;
}
