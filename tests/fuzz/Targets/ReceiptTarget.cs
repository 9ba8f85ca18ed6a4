using SecureStation.Core;
using SecureStation.Core.Keys;
using SecureStation.Core.Messages;
using SecureStation.Core.Receipts;

namespace SecureStation.Fuzz.Targets;

/// <summary>
/// Receipts. The first byte says what follows: 0 a receipt's bytes, 1 a receipt as a file. One that is taken is written in the one way there is, and can be
/// judged.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A target lives as long as its process.")]
internal sealed class ReceiptTarget : IFuzzTarget
{
    private readonly string _folder = Directory.CreateTempSubdirectory("station-fuzz-").FullName;
    private readonly StationKeyPair _receiver = StationKeyPair.Generate();
    private readonly byte[] _receipt;

    public ReceiptTarget()
    {
        _receipt = ReceiptJson.Format(new ReceiptStatement
        {
            Session = new string('a', 32),
            HandshakeHash = new string('b', 64),
            SenderRole = StationRole.Initiator,
            Sender = _receiver.Fingerprint.ToString(),
            Receiver = _receiver.Fingerprint.ToString(),
            Message = 1,
            InReplyTo = 0,
            Kind = StationMessageKind.Text,
            HeadHash = new string('c', 64),
            Length = 7,
            BodyHash = new string('d', 64),
            ReceivedAt = DateTimeOffset.UnixEpoch.AddYears(56),
        });
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(_folder, recursive: true);
    }

    public string Name => "receipt";

    public IEnumerable<byte[]> Corpus()
    {
        string path = Path.Combine(_folder, "corpus");
        ReceiptFile.Write(path, new SignedReceipt(_receipt, _receiver.Sign(SignaturePurpose.Receipt, _receipt), _receiver.PublicKey), overwrite: true);
        return [[0, .. _receipt], [1, .. File.ReadAllBytes(path)]];
    }

    public bool Run(byte[] input)
    {
        if (input.Length == 0)
        {
            return false;
        }

        if (input[0] % 2 == 0)
        {
            byte[] bytes = input[1..];
            ReceiptStatement statement = ReceiptJson.Parse(bytes);
            return ReceiptJson.Format(statement).AsSpan().SequenceEqual(bytes) ? true : throw new InvalidOperationException("There are two ways to write it.");
        }

        string path = Path.Combine(_folder, "receipt");
        File.WriteAllBytes(path, input[1..]);
        return ReceiptVerifier.Verify(ReceiptFile.Read(path), _receiver.Fingerprint) is not null;
    }
}
