namespace SecureStation.Core.Sealing;

/// <summary>Where an opened message comes from, and what is proven of that.</summary>
public sealed record SealedOrigin
{
    internal SealedOrigin(SealedHead head, string? sender, SealSecrecy secrecy)
    {
        Head = head;
        Peer = sender ?? head.Sender?.Fingerprint.Text;
        Verified = sender is not null;
        Secrecy = secrecy;
    }

    /// <summary>What the message says of itself. With a sender, the sender's signature is right over it.</summary>
    public SealedHead Head { get; }

    /// <summary>The name of the peer that signed it, or the fingerprint of an unknown one; null where it is anonymous.</summary>
    public string? Peer { get; }

    /// <summary>Whether a known peer has signed it, for this reader among others.</summary>
    public bool Verified { get; }

    /// <summary>Whether its sender named no recipient, as under a passphrase: any reader could have passed it on.</summary>
    public bool Forwardable => Head.Recipients.Count == 0;

    /// <summary>What keeps it secret.</summary>
    public SealSecrecy Secrecy { get; }

    /// <summary>The peer.</summary>
    public override string ToString() => Peer ?? "anonymous";
}
