using System.Management.Automation;
using SecureStation.Core.Sealing.Cards;
using SecureStation.Core.Storage;

namespace SecureStation;

/// <summary>
/// Lets a -Card be given as the card itself, its text, or the path of its file. As a transformation, so that the parameter has the card's own type: one
/// from the pipeline is bound by it before its Fingerprint is looked at.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
internal sealed class CardSourceAttribute : ArgumentTransformationAttribute
{
    private const int MaxFileLength = 64 * 1024;

    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        if ((inputData is PSObject wrapped ? wrapped.BaseObject : inputData) is not string text)
        {
            return inputData;
        }

        return text.Contains("-----BEGIN ", StringComparison.Ordinal)
            ? StationCard.Parse(text)
            : Read(engineIntrinsics.SessionState.Path.GetUnresolvedProviderPathFromPSPath(text));
    }

    /// <summary>Reads the file of a card.</summary>
    internal static StationCard Read(string file) =>
        StationCard.Parse(System.Text.Encoding.Latin1.GetString(BoundedFile.Read(file, MaxFileLength) ?? throw new Core.StationException(Core.StationFault.InvalidCard, $"'{file}' is too large for a card.")));
}
