using SecureStation.Core.Keys;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Mailboxes;

/// <summary>
/// Who may send mail: a peer that is accepted, or whose record has the capability <c>mail</c>, which without accept may do nothing else. It is asked when
/// a message is read, so that what was sent by a peer that was removed since is not given out.
/// </summary>
public static class MailSenders
{
    /// <summary>The capability's name.</summary>
    public const string Capability = "mail";

    /// <summary>The names of those who may send, by a trust store as it is at each moment.</summary>
    public static Func<StationPublicKey, string?> From(ITrustStore peers)
    {
        ArgumentNullException.ThrowIfNull(peers);
        return sender => peers.Find(sender.Fingerprint, withAddresses: false) is { } record && (record.Accept || record.Capabilities.Contains(Capability)) ? record.Name : null;
    }
}
