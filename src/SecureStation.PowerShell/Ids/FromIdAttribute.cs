using System.Collections;
using System.Management.Automation;
using SecureStation.Core;

namespace SecureStation;

/// <summary>Lets a parameter that takes what runs in this process be given its id, or the beginning of it.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
internal sealed class FromIdAttribute<T> : ArgumentTransformationAttribute
    where T : class
{
    /// <summary>Text that is no id is left to the binder: another parameter takes it at the same position.</summary>
    public bool LeavesOthers { get; set; }

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? input = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return input is IList list ? (object)list.Cast<object?>().Select(ToObject).ToArray() : ToObject(input);
    }

    // What is no text is left to the binder, which knows what it takes.
    private object? ToObject(object? value)
    {
        object? bare = value is PSObject wrapped ? wrapped.BaseObject : value;
        try
        {
            return bare is string text ? IdKinds.Of<T>().One(text) : value;
        }
        catch (StationException) when (LeavesOthers)
        {
            return value;
        }
        catch (StationException unknown)
        {
            throw new ArgumentTransformationMetadataException(unknown.Message, unknown);
        }
    }
}
