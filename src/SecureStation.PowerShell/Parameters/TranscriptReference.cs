using SecureStation.Core;
using SecureStation.Core.Handshake.ByHand;
using SecureStation.Core.Sessions;
using SecureStation.Core.Transcripts;

namespace SecureStation;

/// <summary>A -Transcript: the object, or a session or handshake whose transcript is meant.</summary>
public sealed class TranscriptReference
{
    private readonly Func<StationTranscript> _make;

    /// <summary>A transcript.</summary>
    public TranscriptReference(StationTranscript transcript) => _make = () => transcript;

    /// <summary>A session.</summary>
    public TranscriptReference(StationSession session) => _make = () => StationTranscript.Of(session);

    /// <summary>A handshake by hand.</summary>
    public TranscriptReference(ManualHandshake handshake) => _make = () => StationTranscript.Of(handshake);

    /// <summary>The transcript.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidState"/>: a session without one.</exception>
    internal StationTranscript Resolve() => _make();
}
