using System.Management.Automation;
using SecureStation.Core.Listening;

namespace SecureStation;

/// <summary>
/// Lets a listener stand for its invitation. As a transformation, because a listener has a Port too, and the binder would otherwise take
/// that for a -HostName's before it looked at the invitation.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
internal sealed class ListenerInvitationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return value is StationListener listener
            ? listener.Invitation is { } invitation ? new InvitationReference(invitation) : new InvitationReference()
            : inputData;
    }
}
