namespace SecureStation.Core.Listening;

/// <summary>Whether an invitation lets anybody in.</summary>
public enum ListenerInvitationState
{
    /// <summary>It is for one more identity, or for several.</summary>
    Open,

    /// <summary>All have used it whom it was for.</summary>
    Used,

    /// <summary>Its time is over.</summary>
    Expired,

    /// <summary>It was taken back.</summary>
    Withdrawn,
}
