using SecureStation.Core;
using SecureStation.Core.Connecting;
using SecureStation.Core.Transcripts;

namespace SecureStation.Fuzz.Targets;

/// <summary>Transcripts of handshakes, read and checked.</summary>
internal sealed class TranscriptTarget : IFuzzTarget
{
    public string Name => "transcript";

    public IEnumerable<byte[]> Corpus()
    {
        StationLoopback pair = StationLoopback.CreateAsync(limits: StationLimits.Default with { HandshakeTimeout = TimeSpan.FromMinutes(5) }).GetAwaiter().GetResult();
        byte[] transcript = TranscriptJson.Format(StationTranscript.Of(pair.Left));
        pair.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return [transcript];
    }

    public bool Run(byte[] input) => TranscriptVerifier.Verify(TranscriptJson.Parse(input), allowUnsigned: true) is not null;
}
