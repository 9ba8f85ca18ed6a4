using System.Management.Automation;
using SecureStation.Core.Listening;
using SecureStation.Core.Trust;

namespace SecureStation;

/// <summary>
/// Refuses an invitation or a listener where a host name belongs: as text it would be an invitation without its secret. They come here by
/// position when another parameter of -HostName's set is given.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
internal sealed class HostTextAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) is StationInvitation or InvitationReference or StationListener
            ? throw new ArgumentTransformationMetadataException(
                "An invitation says itself where to connect, what is spoken and which key must answer. Leave out what goes with -HostName: -DisplayName, -Protocol, -Fingerprint, -Peer.")
            : inputData;
}
