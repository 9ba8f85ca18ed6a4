namespace SecureStation.Core.Notary.Timestamps;

/// <summary>How a timestamp authority answers a request: PKIStatus (RFC 3161, 2.4.2).</summary>
public enum PkiStatus
{
    /// <summary>The token is as asked for.</summary>
    Granted = 0,

    /// <summary>There is a token, with changes to what was asked for.</summary>
    GrantedWithMods = 1,

    /// <summary>No token; the failure info may say why.</summary>
    Rejection = 2,

    /// <summary>No token yet.</summary>
    Waiting = 3,

    /// <summary>No token: the authority's certificate is about to be revoked.</summary>
    RevocationWarning = 4,

    /// <summary>No token: the authority's certificate has been revoked.</summary>
    RevocationNotification = 5,
}
