using System.Collections;
using System.Management.Automation;
using SecureStation.Core.Keys;
using SecureStation.Core.Trust;

namespace SecureStation;

/// <summary>
/// Makes a <see cref="PeerReference"/> of a record from the pipeline, with the trust store that it is from. As a transformation, because a
/// record has a Fingerprint too, which the binder would otherwise take for a -Fingerprint before it converted anything.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
internal sealed class PeerSourceAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        (inputData is PSObject list ? list.BaseObject : inputData) is IList several ? several.Cast<object>().Select(ToReference).ToArray() : ToReference(inputData);

    private static object ToReference(object inputData) => inputData switch
    {
        PSObject { BaseObject: PeerRecord record } wrapped => new PeerReference(record, wrapped.Properties[nameof(TrustStoreCmdlet.TrustStore)]?.Value as string),
        PeerRecord record => new PeerReference(record),
        Fingerprint or PSObject { BaseObject: Fingerprint } => new PeerReference(inputData.ToString()!),
        _ => inputData,
    };
}
