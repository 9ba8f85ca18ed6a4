namespace SecureStation.Core.Age;

/// <summary>What is checked in stanzas of the types that this reader knows, whichever identities are at hand.</summary>
internal static class KnownStanzas
{
    /// <summary>Checks form and company of every stanza, before any is opened.</summary>
    /// <exception cref="AgeException"><see cref="AgeFailure.Header"/>.</exception>
    public static void Check(AgeHeader header, AgeLimits limits)
    {
        foreach (AgeStanza stanza in header.Stanzas)
        {
            switch (stanza.Type)
            {
                case X25519Stanza.Type:
                    X25519Stanza.Check(stanza);
                    break;
                case HybridStanza.Type:
                    HybridStanza.Check(stanza);
                    break;
                case SshEd25519Stanza.Type:
                    SshEd25519Stanza.Check(stanza);
                    break;
                case SshRsaStanza.Type:
                    SshRsaStanza.Check(stanza);
                    break;
                case ScryptStanza.Type when header.Stanzas.Count > 1:
                    throw stanza.Malformed("is not the only one");
                case ScryptStanza.Type:
                    ScryptStanza.Check(stanza, limits.WorkFactor);
                    break;
            }
        }
    }
}
