using System.Text;
using SecureStation.Core.Trust;

namespace SecureStation.Fuzz.Targets;

/// <summary>Addresses, host and port. What is taken is normal once it has been normalised.</summary>
internal sealed class AddressTarget : IFuzzTarget
{
    public string Name => "address";

    public IEnumerable<byte[]> Corpus() =>
        [.. ((string[])["example.org:7700", "127.0.0.1:1", "[::1]:65535", "[fe80::1%eth0]:7", "Ä.example:80", "a:0"]).Select(Encoding.UTF8.GetBytes)];

    public bool Run(byte[] input)
    {
        string normal = PeerAddress.Normalize(Encoding.UTF8.GetString(input));
        return PeerAddress.Normalize(normal) == normal ? true : throw new InvalidOperationException($"'{normal}' is not normal.");
    }
}
