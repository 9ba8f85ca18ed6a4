using SecureStation.Core;

namespace SecureStation;

/// <summary>What the opening cmdlets refuse before they open anything.</summary>
internal static class SealReaderRules
{
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/></exception>
    public static void Check(SealReader reader, bool allowAnonymous, bool raw)
    {
        if (reader.IsEmpty)
        {
            throw new StationException(StationFault.InvalidArgument, "Nothing opens it: give -KeyPair, -SealingKey, -AgeIdentityPath or -SealPassphrase.");
        }

        if (raw && !allowAnonymous)
        {
            throw new StationException(StationFault.InvalidArgument, "Nothing says who made a plain age file: -Raw is given with -AllowAnonymous.");
        }
    }
}
