using System.Management.Automation;

namespace SecureStation;

/// <summary>Lets a switch be said in a column of a table: true, false, yes, no, 1, 0, in any case; empty is no.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
internal sealed class YesOrNoAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object? inputData) => (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) switch
    {
        // PowerShell takes null, which an empty last column is, for a switch that is set.
        null => new SwitchParameter(false),
        string text => new SwitchParameter(text.Trim().ToUpperInvariant() switch
        {
            "TRUE" or "YES" or "1" or "$TRUE" => true,
            "FALSE" or "NO" or "0" or "$FALSE" or "" => false,
            _ => throw new ArgumentTransformationMetadataException($"'{text}' is neither true nor false, yes nor no."),
        }),
        _ => inputData!,
    };
}
