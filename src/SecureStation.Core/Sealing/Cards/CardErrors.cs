namespace SecureStation.Core.Sealing.Cards;

/// <summary>The errors of whatever reads cards.</summary>
internal static class CardErrors
{
    public static StationException Invalid(string why, Exception? inner = null) =>
        new(StationFault.InvalidCard, $"This is no card: {why}.", inner);
}
