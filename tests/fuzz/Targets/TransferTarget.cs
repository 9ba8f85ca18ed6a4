using System.Text;
using SecureStation.Core.Transfers;

namespace SecureStation.Fuzz.Targets;

/// <summary>
/// The messages of a file transfer. The first byte says which; what follows is the body. An offer that is taken is the same when it is written again, its
/// name leads to no other folder, and the messages behind it meet a transfer that is under way.
/// </summary>
internal sealed class TransferTarget : IFuzzTarget
{
    private static readonly string s_root = Path.Combine(Path.GetTempPath(), "station-fuzz");

    public string Name => "transfer-offer";

    public IEnumerable<byte[]> Corpus()
    {
        var id = TransferId.Create();
        byte[] offer = new TransferOffer(id, ["folder", "a file.txt"], 3 * TransferOffer.LeafSize) { Modified = 1, Created = 2, Mode = 0x1A4 }.Encode();
        byte[] hash = new byte[LeafTree.HashSize];
        yield return [0, .. offer];
        yield return [0, .. new TransferOffer(id, ["Ä", "NUL.txt", "a:b"], 0).Encode()];
        yield return [0, .. new TransferOffer(id, ["only a folder"], 0) { IsFolder = true }.Encode()];
        yield return [1, .. new TransferAccept(id, TransferAcceptState.Last, 0, hash).Encode()];
        yield return [1, .. new TransferAccept(id, TransferAcceptState.More, 5, new byte[3 * LeafTree.HashSize]).Encode()];
        yield return [2, .. TransferMessages.Credit(id, 1000).Body.Span];
        yield return [3, .. TransferMessages.Data(id, 0, new byte[TransferMessages.DataOffset + 10]).Body.Span];
        yield return [4, .. TransferMessages.Leaf(id, 0, hash).Body.Span];
        yield return [5, .. TransferMessages.Done(id, hash).Body.Span];
        yield return [6, .. TransferMessages.End(id, TransferReason.Ok, "there").Body.Span];
    }

    public bool Run(byte[] input)
    {
        if (input.Length <= TransferId.Size)
        {
            return false;
        }

        byte[] body = input[1..];
        switch (input[0])
        {
            case 0:
                return Offer(body);
            case 1:
                var accept = TransferAccept.Read(body);
                return accept.Encode().AsSpan().SequenceEqual(body) ? true : throw new InvalidOperationException("The accept is another when it is written again.");
            case 2:
                return TransferMessages.ReadCredit(body) > 0;
            case 3:
                (long offset, ReadOnlyMemory<byte> bytes) = TransferMessages.ReadData(body);
                return UnderWay().OnData(offset, bytes.Length);
            case 4:
                (long index, ReadOnlyMemory<byte> hash) = TransferMessages.ReadLeaf(body);
                ReceivingTransfer claimed = UnderWay();
                claimed.Claim(new byte[LeafTree.HashSize]);
                claimed.OnLeaf(index, hash.Span, []);
                return true;
            case 5:
                UnderWay().OnDone(TransferMessages.ReadDone(body).Span);
                return true;
            case 6:
                return TransferMessages.ReadEnd(body).Text is not null;
            default:
                return false;
        }
    }

    private static ReceivingTransfer UnderWay() => new(new TransferOffer(TransferId.Create(), ["a"], 3 * TransferOffer.LeafSize));

    private static bool Offer(byte[] body)
    {
        var offer = TransferOffer.Read(body);
        if (!offer.Encode().AsSpan().SequenceEqual(body))
        {
            throw new InvalidOperationException("The offer is another when it is written again.");
        }

        string path = s_root;
        foreach (string part in offer.Parts)
        {
            string safe = SafeFileName.Of(part);
            string below = Path.GetFullPath(Path.Combine(path, safe));
            if (Path.GetDirectoryName(below) != path || Encoding.UTF8.GetByteCount(safe) > SafeFileName.MaxBytes || SafeFileName.Of(safe) != safe)
            {
                throw new InvalidOperationException($"'{part}' leads to '{below}'.");
            }

            path = below;
        }

        _ = (TransferOffer.FromWire(offer.Modified), TransferOffer.FromWire(offer.Created));
        return offer.Leaves >= 0;
    }
}
