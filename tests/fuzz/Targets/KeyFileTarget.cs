using System.Text;
using SecureStation.Core;
using SecureStation.Core.Keys;
using SecureStation.Core.Keys.Files;

namespace SecureStation.Fuzz.Targets;

/// <summary>Key files: PKCS#8, SubjectPublicKeyInfo, and OpenSSH's. What is taken can be written and read again.</summary>
internal sealed class KeyFileTarget : IFuzzTarget
{
    public string Name => "key-file";

    public IEnumerable<byte[]> Corpus() =>
    [
        .. VectorFiles.Texts("key-files/openssl.json", "private").Concat(VectorFiles.Texts("key-files/openssl.json", "public"))
            .Concat(VectorFiles.Texts("key-files/openssh.json", "private")).Concat(VectorFiles.Texts("key-files/openssh.json", "public"))
            .Select(Encoding.UTF8.GetBytes),
        .. Generated(),
    ];

    public bool Run(byte[] input)
    {
        // Encrypted keys cost their rounds, which a test of two seconds has no time for; their parsing comes before that.
        bool isPublic = false;
        try
        {
            isPublic = KeyFile.ParsePublic(input) is not null;
        }
        catch (StationException)
        {
            // Perhaps a private one.
        }

        if (isPublic)
        {
            return true;
        }

        using StationKeyPair key = KeyFile.ParsePrivate(input);
        using StationKeyPair again = KeyFile.ParsePrivate(KeyFile.FormatPrivate(key));
        return key.Fingerprint == again.Fingerprint ? true : throw new InvalidOperationException("The key is another when it was written and read.");
    }

    private static IEnumerable<byte[]> Generated()
    {
        foreach (StationKeyAlgorithm algorithm in (StationKeyAlgorithm[])[StationKeyAlgorithm.Ed25519, StationKeyAlgorithm.EcdsaP256])
        {
            using StationKeyPair key = StationKeyPair.Generate(algorithm);
            yield return KeyFile.FormatPrivate(key);
            yield return Encoding.ASCII.GetBytes(key.PublicKey.ToPem());
        }
    }
}
