using SecureStation.Core.Keys;

namespace SecureStation.Core.Trust;

/// <summary>The refusals, each with the fingerprint, the address and the command that would change the decision.</summary>
internal static class TrustErrors
{
    public static StationException OwnKey(StationPublicKey remote, string? address) =>
        Untrusted(remote, address, $"The peer answered with this station's own key {remote}; that is accepted only where it is named, as by -Fingerprint.");

    public static StationException Unknown(StationPublicKey remote, string? address) => Untrusted(
        remote,
        address,
        $"The key {remote}{At(address)} is not trusted. If it is the right one, compare the fingerprint by another way, then: "
        + $"Add-StationPeer -Name <name> -Fingerprint '{remote}'{AddressParameter(address)}");

    public static StationException KnownElsewhere(StationPublicKey remote, string? address, PeerRecord record)
    {
        if (address is null)
        {
            return Untrusted(remote, address, $"The key {remote} is that of '{ForeignText.Show(record.Name)}', but without an address nothing says that it should answer here; name it with -Peer.");
        }

        string known = record.Addresses.Count > 0 ? string.Join(", ", record.Addresses) : "no address";
        return Untrusted(
            remote,
            address,
            $"The key {remote}{At(address)} is that of '{ForeignText.Show(record.Name)}', who is known for {known}. If it may answer here too: "
            + $"Set-StationPeer {Which(record)} -Address {string.Join(", ", record.Addresses.Append(address).Select(a => $"'{Quote(a)}'"))}");
    }

    public static StationException NotTheOneNamed(StationPublicKey remote, string? address, Fingerprint expected) => Untrusted(
        remote,
        address,
        $"The key {remote}{At(address)} is not the one that was named, {expected}.");

    public static StationException Changed(StationPublicKey remote, string address, Fingerprint pinned) =>
        new(
            StationFault.PeerKeyChanged,
            $"'{address}' answered with the key {remote}, but is pinned to {pinned}. Someone may be in between. If the peer really has a new key: "
            + $"Remove-StationPeer -Fingerprint '{pinned}'; Add-StationPeer -Name <name> -Fingerprint '{remote}'{AddressParameter(address)}")
        {
            PeerFingerprint = remote.Fingerprint.ToString(),
            Address = address,
        };

    public static StationException Contradiction(StationPublicKey remote, string address, Fingerprint pinned, Fingerprint expected) =>
        new(
            StationFault.PeerKeyChanged,
            $"'{address}' is pinned to {pinned}, but {expected} was named. If the peer really has a new key: "
            + $"Remove-StationPeer -Fingerprint '{pinned}'; Add-StationPeer -Name <name> -Fingerprint '{expected}'{AddressParameter(address)}")
        {
            PeerFingerprint = remote.Fingerprint.ToString(),
            Address = address,
        };

    public static StationException NotAccepted(StationPublicKey remote, PeerRecord? record) => Untrusted(
        remote,
        address: null,
        record is null
            ? $"The key {remote} may not connect here. To let it: Add-StationPeer -Name <name> -Fingerprint '{remote}' -Accept"
            : $"'{ForeignText.Show(record.Name)}' ({remote}) is known, but may not connect here. To let it: Set-StationPeer {Which(record)} -Accept");

    public static StationException Ambiguous(string name, IEnumerable<Fingerprint> keys)
    {
        string[] list = [.. keys.Select(static key => key.ToString())];
        return new StationException(StationFault.PeerAmbiguous, $"The name '{name}' would stand for more than one key: {string.Join(", ", list)}.")
        {
            PeerFingerprint = list[^1],
        };
    }

    public static StationException HasRecord(Fingerprint key) =>
        new(StationFault.AlreadyExists, $"The key {key} has a record already.") { Subject = StationSubject.Peer, PeerFingerprint = key.ToString() };

    public static StationException PinnedElsewhere(string address, Fingerprint pinned) =>
        new(StationFault.AlreadyExists, $"'{address}' is pinned to another key, {pinned}.") { Subject = StationSubject.Peer, PeerFingerprint = pinned.ToString(), Address = address };

    private static StationException Untrusted(StationPublicKey remote, string? address, string message) =>
        new(StationFault.PeerUntrusted, message)
        {
            PeerFingerprint = remote.Fingerprint.ToString(),
            Address = address,
        };

    private static string At(string? address) => address is null ? string.Empty : $" at '{address}'";

    private static string AddressParameter(string? address) => address is null ? string.Empty : $" -Address '{Quote(address)}'";

    // A name that cannot be shown as it is cannot be typed either.
    private static string Which(PeerRecord record) => ForeignText.Show(record.Name) == record.Name
        ? $"-Name '{Quote(record.Name)}'"
        : $"-Fingerprint '{record.Fingerprint}'";

    // Inside PowerShell's single quotes only the quote itself is special: ' and the typographic ones that PowerShell takes for it.
    private static string Quote(string text) =>
        string.Concat(text.Select(c => c is '\'' or '\u2018' or '\u2019' or '\u201A' or '\u201B' ? new string(c, 2) : c.ToString()));
}
