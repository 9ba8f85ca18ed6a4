using System.Management.Automation;
using SecureStation.Core.Keys;

namespace SecureStation;

/// <summary>Lets an -Algorithm be spelt as people spell it: Ecdsa, P256 and P-256 are EcdsaP256.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
internal sealed class KeyAlgorithmAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return value is string text && text.ToUpperInvariant() is ("ECDSA" or "P256" or "P-256" or "ECDSA-P256")
            ? StationKeyAlgorithm.EcdsaP256
            : inputData;
    }
}
