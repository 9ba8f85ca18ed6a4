using System.Text;
using SecureStation.Core.Keys;
using SecureStation.Core.Trust;

namespace SecureStation.Fuzz.Targets;

/// <summary>Invitations. What is taken is the same invitation when it is written out and read again.</summary>
internal sealed class InvitationTarget : IFuzzTarget
{
    public string Name => "invitation";

    public IEnumerable<byte[]> Corpus()
    {
        using StationKeyPair key = StationKeyPair.Generate();
        foreach (string host in (string[])["example.org", "127.0.0.1", "::1"])
        {
            using StationInvitation invitation = StationInvitation.Create(host, 7700, key.Fingerprint, DateTimeOffset.UtcNow.AddDays(1), temporary: false);
            yield return Encoding.UTF8.GetBytes(invitation.Reveal());
        }
    }

    public bool Run(byte[] input)
    {
        using StationInvitation invitation = StationInvitation.Parse(Encoding.UTF8.GetString(input));
        string written = invitation.Reveal();
        using StationInvitation again = StationInvitation.Parse(written);
        return again.Reveal() == written ? true : throw new InvalidOperationException($"{written} is read as another.");
    }
}
