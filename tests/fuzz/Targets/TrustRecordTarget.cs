using System.Security.Cryptography;
using System.Text;
using SecureStation.Core.Keys;
using SecureStation.Core.Trust;

namespace SecureStation.Fuzz.Targets;

/// <summary>The content of a peer's file in the trust store, with a checksum that fits: somebody who writes there knows how to make one.</summary>
internal sealed class TrustRecordTarget : IFuzzTarget
{
    private readonly string _folder = Directory.CreateTempSubdirectory("station-fuzz-").FullName;
    private readonly Fingerprint _key;
    private readonly byte[] _record;

    public TrustRecordTarget()
    {
        using StationKeyPair pair = StationKeyPair.Generate();
        _key = pair.Fingerprint;
        byte[] file = PeerFile.Format(new PeerRecord { Name = "bob", Fingerprint = pair.Fingerprint, PublicKey = pair.PublicKey, Accept = true }, before: null);
        _record = file[..Encoding.UTF8.GetString(file).LastIndexOf("sha256 ", StringComparison.Ordinal)];
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(_folder, recursive: true);
    }

    public string Name => "trust-record";

    public IEnumerable<byte[]> Corpus() => [_record];

    public bool Run(byte[] input)
    {
        string path = PeerFile.Path(_folder, _key);
        File.WriteAllBytes(path, [.. input, .. Encoding.ASCII.GetBytes($"sha256 {Convert.ToHexStringLower(SHA256.HashData(input))}\n")]);
        return PeerFile.Read(path) is { } peer && peer.Record.Fingerprint == _key;
    }
}
