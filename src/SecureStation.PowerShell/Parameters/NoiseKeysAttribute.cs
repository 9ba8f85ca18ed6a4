using System.Collections;
using System.Management.Automation;

namespace SecureStation;

/// <summary>Takes one byte[] for one key, and a list with a byte[] for each; PowerShell would take each byte for a key.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
internal sealed class NoiseKeysAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        if (FromBytesAttribute.TryRead(inputData, out byte[] single))
        {
            return new[] { new NoiseKey(single) };
        }

        object? input = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return input is IList items
            ? items.Cast<object?>().Select(item => FromBytesAttribute.TryRead(item, out byte[] bytes) ? new NoiseKey(bytes) : item).ToArray()
            : inputData;
    }
}
