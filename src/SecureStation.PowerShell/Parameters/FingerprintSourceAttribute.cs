using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Keys;

namespace SecureStation;

/// <summary>Lets a fingerprint come out of JSON, where it is an object with a Text.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
internal sealed class FingerprintSourceAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) => inputData switch
    {
        PSObject { BaseObject: PSCustomObject } made when made.Properties[nameof(Fingerprint.Text)]?.Value is string text => text,
        _ => inputData,
    };

    /// <summary>
    /// Refuses an empty fingerprint among the parameters of a call: it comes of a misspelt variable, and whoever gave it expects the peer to be held to it. A
    /// record that comes by the pipeline may be without one.
    /// </summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/></exception>
    internal static void RefuseEmpty(IReadOnlyDictionary<string, object> boundParameters)
    {
        foreach ((string name, object? value) in boundParameters)
        {
            if (value is null && name.EndsWith(nameof(Fingerprint), StringComparison.Ordinal))
            {
                throw new StationException(StationFault.InvalidArgument, $"-{name} is empty. Where none is wanted, leave the parameter out.");
            }
        }
    }
}
