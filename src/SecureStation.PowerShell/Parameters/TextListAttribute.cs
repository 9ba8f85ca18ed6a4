using System.Collections;
using System.Management.Automation;

namespace SecureStation;

/// <summary>Lets texts (addresses, capabilities) be given as a list, or as one text with <c>;</c> between them, as a column of a table has them; empty ones are none.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
internal sealed class TextListAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        object? input = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        IEnumerable<object?>? list = input switch
        {
            null or string => [input],
            IEnumerable some => some.Cast<object?>(),
            _ => null,
        };
        return list is null ? inputData : list
            .SelectMany(static one => (one?.ToString() ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .ToArray();
    }
}
