using System.Collections;
using System.Management.Automation;

namespace SecureStation;

/// <summary>
/// Makes a parameter's type of a byte[] by its constructor: PowerShell's binder converts no array to a type that is none.
/// An array of numbers that are bytes, as a function's output becomes one, counts too.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
internal sealed class FromBytesAttribute(Type type) : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        TryRead(inputData, out byte[] bytes) ? Activator.CreateInstance(type, bytes)! : inputData;

    /// <summary>Reads an array of bytes; false where it is something else.</summary>
    internal static bool TryRead(object? value, out byte[] bytes)
    {
        object? input = value is PSObject wrapped ? wrapped.BaseObject : value;
        bytes = input as byte[] ?? [];
        return input is byte[]
            || (input is IList { Count: > 0 } list && list.Cast<object?>().All(IsNumber) && LanguagePrimitives.TryConvertTo(list, out bytes!));
    }

    private static bool IsNumber(object? value) => (value is PSObject wrapped ? wrapped.BaseObject : value) is byte or int;
}
