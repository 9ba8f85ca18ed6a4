using System.Management.Automation;

namespace SecureStation;

/// <summary>
/// Takes a web address that is given as text. PowerShell's own conversion repeats a text that is none in its error, with the login
/// that may stand in it.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
internal sealed class WebAddressAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) => (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) switch
    {
        string text => Uri.TryCreate(text, UriKind.RelativeOrAbsolute, out Uri? address)
            ? address
            : throw new ArgumentTransformationMetadataException("This is no web address, which looks like https://notary.example:8443/path."),
        _ => inputData,
    };
}
