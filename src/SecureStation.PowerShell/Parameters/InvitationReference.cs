using SecureStation.Core;
using SecureStation.Core.Trust;

namespace SecureStation;

/// <summary>
/// An -Invitation: the object, or its URI. The URI is parsed by the command and not by PowerShell's conversion, whose errors would show it
/// with its secret.
/// </summary>
public sealed class InvitationReference
{
    private readonly StationInvitation? _invitation;
    private readonly string? _text;

    /// <summary>The invitation of a listener that has none any more.</summary>
    internal InvitationReference()
    {
    }

    /// <summary>An invitation that the script holds.</summary>
    public InvitationReference(StationInvitation invitation) => _invitation = invitation;

    /// <summary>An invitation URI, <c>station://…</c>, also as pasted: wrapped, quoted, out of a web page.</summary>
    public InvitationReference(string uri) => _text = uri;

    /// <summary>The text, if it is one and does not mean to be an invitation: a host name where that may stand in an invitation's place.</summary>
    internal string? OtherText => _text is null || InvitationText.IsInvitation(_text) ? null : _text;

    /// <summary>The invitation; null of a listener that has none any more.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidInvitation"/></exception>
    internal StationInvitation? Resolve() => _invitation ?? (_text is null ? null : InvitationText.Parse(_text));

    /// <summary>The invitation without its secret.</summary>
    public override string ToString() => _invitation?.ToString() ?? "station://…";
}
