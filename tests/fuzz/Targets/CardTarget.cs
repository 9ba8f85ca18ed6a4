using System.Text;
using SecureStation.Core.Age;
using SecureStation.Core.Keys;
using SecureStation.Core.Sealing.Cards;

namespace SecureStation.Fuzz.Targets;

/// <summary>
/// Cards of stations. The first byte says what follows: 0 the text as it is given from hand to hand, 1 its bytes, 2 a statement, which the identity of the
/// corpus signs, whatever it says: so that not the signature decides.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A target lives as long as its process.")]
internal sealed class CardTarget : IFuzzTarget
{
    private readonly StationKeyPair _identity = StationKeyPair.Generate();
    private readonly StationCard _card;

    public CardTarget()
    {
        using var hybrid = HybridIdentity.Generate();
        using var classical = X25519Identity.Generate();
        _card = StationCard.Create(_identity, [hybrid.Recipient.ToString(), classical.Recipient.ToString()], BoxName.Create(), 1764316800000, DateTimeOffset.UnixEpoch.AddYears(56));
    }

    public string Name => "card";

    public IEnumerable<byte[]> Corpus()
    {
        byte[] bytes = _card.ToBytes();
        int length = (bytes[2] << 8) | bytes[3];
        return [[0, .. Encoding.ASCII.GetBytes(_card.ToText())], [1, .. bytes], [2, .. bytes.AsSpan(4, length)]];
    }

    public bool Run(byte[] input)
    {
        if (input.Length == 0)
        {
            return false;
        }

        byte[] rest = input[1..];
        StationCard card = (input[0] % 3) switch
        {
            0 => StationCard.Parse(Encoding.UTF8.GetString(rest)),
            1 => StationCard.Read(rest),
            _ => StationCard.Read([0, 0, (byte)(rest.Length >> 8), (byte)rest.Length, .. rest, .. _identity.Sign(SignaturePurpose.Card, rest)]),
        };
        return StationCard.Parse(card.ToText()).Equals(card) && card.Recipients.Count > 0 && BoxName.IsValid(card.Box)
            ? true
            : throw new InvalidOperationException("The card is another when it is written and read.");
    }
}
