using System.Text;

namespace SecureStation.Core.Transport.Proxies;

/// <summary>What can go wrong with a proxy: it could not connect (its word for that is the hint), wants a login, or is no such proxy.</summary>
internal static class ProxyErrors
{
    private const int MaxShown = 120;

    /// <summary>The proxy understood, and did not connect.</summary>
    public static StationException NotConnected(ProxyAddress proxy, StationAddress target, string said) =>
        Error(StationFault.ConnectFailed, StationSubject.Proxy, target, $"The proxy {proxy} did not connect to {target}. It says: {said}", said);

    /// <summary>The proxy takes nobody without a login, or not with this one.</summary>
    public static StationException LoginRefused(ProxyAddress proxy, StationAddress target, bool hasLogin, string said) =>
        Error(
            StationFault.ProxyFailed,
            StationSubject.ProxyLogin,
            target,
            hasLogin ? $"The proxy {proxy} does not take the login that was given. It says: {said}" : $"The proxy {proxy} asks for a login. It says: {said}",
            said);

    /// <summary>What answers is no such proxy.</summary>
    /// <param name="proxy">The proxy.</param>
    /// <param name="target">Where it should have connected to.</param>
    /// <param name="what">What is wrong, as the end of a sentence.</param>
    /// <param name="received">What it said.</param>
    public static StationException Broken(ProxyAddress proxy, StationAddress target, string what, ReadOnlySpan<byte> received)
    {
        string said = Show(received);
        string shown = said.Length == 0 ? string.Empty : $" It said: {said}";
        return Error(StationFault.ProxyFailed, StationSubject.Proxy, target, $"The proxy {proxy} {what}.{shown}", said.Length == 0 ? null : said);
    }

    /// <summary>What a proxy said, fit to be shown: as text where it is mostly that, else in hexadecimal.</summary>
    public static string Show(ReadOnlySpan<byte> received)
    {
        ReadOnlySpan<byte> start = received[..Math.Min(received.Length, MaxShown)];
        int printable = 0;
        foreach (byte value in start)
        {
            printable += value is (>= 0x20 and < 0x7F) or (byte)'\r' or (byte)'\n' ? 1 : 0;
        }

        return 2 * printable > start.Length
            ? $"'{ForeignText.Show(Encoding.Latin1.GetString(start).Trim(), MaxShown)}'"
            : Convert.ToHexStringLower(start[..Math.Min(start.Length, MaxShown / 4)]);
    }

    private static StationException Error(StationFault fault, StationSubject subject, StationAddress target, string message, string? said) =>
        new(fault, message) { Subject = subject, Stage = HandshakeStage.Connect, Address = target.ToString(), PeerHint = said };
}
