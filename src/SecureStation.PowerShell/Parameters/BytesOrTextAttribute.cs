using System.Management.Automation;
using System.Text;

namespace SecureStation;

/// <summary>Lets bytes be given as text, which stands for its UTF-8.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
internal sealed class BytesOrTextAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return value is string text ? Encoding.UTF8.GetBytes(text) : inputData;
    }
}
