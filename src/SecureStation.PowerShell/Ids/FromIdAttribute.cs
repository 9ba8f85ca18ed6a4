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
        // A copy keeps its type's name in the wrapper.
        return input is IList list ? (object)list.Cast<object?>().Select(ToObject).ToArray() : ToObject(input is PSCustomObject ? inputData : input);
    }

    // What is no text is left to the binder, which knows what it takes.
    private object? ToObject(object? value)
    {
        object? bare = value is PSObject wrapped ? wrapped.BaseObject : value;
        if (value is PSObject copy && copy.TypeNames.Contains("Deserialized." + typeof(T).FullName))
        {
            throw new ArgumentTransformationMetadataException(
                $"This is a copy of a {IdKinds.Of<T>().Noun} that a job, a file or another process gave back; the {IdKinds.Of<T>().Noun} itself is to be had only in the process that made it.");
        }

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
