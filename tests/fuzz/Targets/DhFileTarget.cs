using System.Text;
using SecureStation.Core;
using SecureStation.Core.DiffieHellman;

namespace SecureStation.Fuzz.Targets;

/// <summary>Diffie-Hellman parameters and keys: PKCS#3, X9.42, X25519, PEM and DER.</summary>
internal sealed class DhFileTarget : IFuzzTarget
{
    public string Name => "dh-file";

    public IEnumerable<byte[]> Corpus() =>
        [.. ((string[])["parameters", "a", "a_public", "b", "b_public"]).SelectMany(static member => VectorFiles.Texts("diffie-hellman/openssl.json", member)).Select(Encoding.UTF8.GetBytes)];

    public bool Run(byte[] input)
    {
        // A prime that nobody knows would be tested for seconds; whoever waits for that can cancel it.
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        return Reads(() => DhParameter.Import(input))
            || Reads(() => DhPublicKey.Import(input, cancellationToken: soon.Token))
            || Reads(() => DhKeyPair.Import(input, cancellationToken: soon.Token).Dispose());
    }

    private static bool Reads(Action read)
    {
        try
        {
            read();
            return true;
        }
        catch (Exception e) when (e is StationException or OperationCanceledException)
        {
            return false;
        }
    }
}
