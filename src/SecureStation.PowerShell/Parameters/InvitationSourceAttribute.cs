using System.Management.Automation;
using SecureStation.Core.Listening;
using SecureStation.Core.Trust;

namespace SecureStation;

/// <summary>
/// Makes an <see cref="InvitationReference"/> of an invitation, and of a listener, which stands for its own. As a transformation, because
/// both have a Port and a Fingerprint too, which the binder would otherwise take for a -HostName's before it converted anything.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
internal sealed class InvitationSourceAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) switch
        {
            StationInvitation invitation => new InvitationReference(invitation),
            StationListener { Invitation: { } invitation } => new InvitationReference(invitation),
            StationListener => new InvitationReference(),

            // So that a text by position comes here and not to another parameter that takes texts as they are.
            string text => new InvitationReference(text),
            _ => inputData,
        };
}
