using SecureStation.Core.Keys;
using SecureStation.Core.Storage;

namespace SecureStation.Core.Transcripts;

/// <summary>
/// Transcripts as files: <c>name.json</c> and, where it is signed, <c>name.json.sig</c> beside it: the signature's bytes over
/// <c>"SecureStation/1 transcript" ‖ 00 ‖</c> the JSON file's bytes as they are stored.
/// </summary>
public static class TranscriptFile
{
    /// <summary>What the signature's file name has beyond the transcript's.</summary>
    public const string SignatureSuffix = ".sig";

    // An RSA signature of 8192 bits has 1,024 bytes.
    private const int MaxSignatureSize = 2048;

    /// <summary>Writes a transcript, signed if there is a signer.</summary>
    /// <param name="path">The file.</param>
    /// <param name="transcript">The transcript.</param>
    /// <param name="signer">In the station's protocol the identity of the side that recorded it; null leaves it unsigned.</param>
    /// <param name="overwrite">Whether files that exist are replaced.</param>
    /// <returns>The transcript as it is stored.</returns>
    /// <exception cref="StationException">
    /// <see cref="StationFault.InvalidArgument"/>: the signer is not the side that recorded it; <see cref="StationFault.AlreadyExists"/>; <see cref="StationFault.StorageFailed"/>.
    /// </exception>
    public static StationTranscript Write(string path, StationTranscript transcript, StationKeyPair? signer, bool overwrite = false)
    {
        ArgumentNullException.ThrowIfNull(transcript);
        string? recorder = (transcript.RecordedBy == StationRole.Initiator ? transcript.Initiator : transcript.Responder).Fingerprint;
        if (signer is not null && recorder is not null && recorder != signer.Fingerprint.ToString())
        {
            throw new StationException(StationFault.InvalidArgument, $"The transcript was recorded by {recorder}; {signer.Fingerprint} cannot sign for it.");
        }

        StationTranscript named = transcript with { SignedBy = signer is null ? null : Convert.ToBase64String(signer.PublicKey.SubjectPublicKeyInfo.Span) };
        byte[] bytes = TranscriptJson.Format(named);
        byte[]? signature = signer?.Sign(SignaturePurpose.Transcript, bytes);
        if (!overwrite && (Path.Exists(path) || Path.Exists(path + SignatureSuffix)))
        {
            throw new StationException(StationFault.AlreadyExists, $"'{path}' or the signature beside it exists already.");
        }

        AtomicFile.Write(path, bytes, isPrivate: false, overwrite);
        if (signature is not null)
        {
            AtomicFile.Write(path + SignatureSuffix, signature, isPrivate: false, overwrite);
        }
        else
        {
            // An older file's signature would be the wrong one.
            StorageErrors.Map(path, () => File.Delete(path + SignatureSuffix));
        }

        return named with { StoredBytes = bytes, StoredSignature = signature };
    }

    /// <summary>Reads a transcript and the signature beside it. Nothing is verified: see <see cref="TranscriptVerifier"/>.</summary>
    /// <exception cref="StationException">
    /// <see cref="StationFault.NotFound"/>; <see cref="StationFault.InvalidTranscript"/>: not a transcript, or too large; <see cref="StationFault.StorageFailed"/>.
    /// </exception>
    public static StationTranscript Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new StationException(StationFault.NotFound, $"There is no file '{path}'.") { Subject = StationSubject.File };
        }

        byte[] bytes = BoundedFile.Read(path, TranscriptJson.MaxFileSize)
            ?? throw new StationException(StationFault.InvalidTranscript, $"'{path}' is larger than a transcript can be, {TranscriptJson.MaxFileSize} bytes.");
        byte[]? signature = null;
        if (File.Exists(path + SignatureSuffix))
        {
            signature = BoundedFile.Read(path + SignatureSuffix, MaxSignatureSize)
                ?? throw new StationException(StationFault.InvalidTranscript, $"'{path}{SignatureSuffix}' is larger than a signature can be.");
        }

        return TranscriptJson.Parse(bytes) with { StoredSignature = signature };
    }
}
