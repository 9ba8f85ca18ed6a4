namespace SecureStation.Core.Listening;

/// <summary>
/// An identity's hold on an invitation: claimed when its proof was verified, admitted when that is written down. Between the two it may try again.
/// Its lock is held while that is done, so that nothing is written a second time after somebody has taken it back.
/// </summary>
internal sealed class InvitationClaim
{
    public Lock Gate { get; } = new();

    /// <summary>Whether it has been admitted. From then on it is trust that lets it in or not, and never again the invitation.</summary>
    public bool IsAdmitted { get; set; }
}
