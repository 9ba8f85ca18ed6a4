using System.Management.Automation;
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
}
