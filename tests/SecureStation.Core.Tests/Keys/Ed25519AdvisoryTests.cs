using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;

namespace SecureStation.Core.Tests.Keys;

public class Ed25519AdvisoryTests
{
    // The published trigger of CVE-2024-30172 (bc-java issue 1599): verification must come to an end with the package that this build uses.
    [Fact(Timeout = 20_000)]
    public async Task The_trigger_of_CVE_2024_30172_does_not_loop()
    {
        byte[] publicKey = Convert.FromHexString("386e7cf7b9e8353933b07f1db8d84d3720bb667cbd811b312b4e338672338a6d");
        byte[] content = Convert.FromHexString("414141624c6743596c6f414141514943486e6a4a71326a75705455472d5a36694d716871313467414854486f64757677694844664f594a3230775f77426c6e35444a3953614e616353496835336b626e716e723965ef34c5");
        byte[] signature = Convert.FromBase64String("dNxDIj/CG5FX5oahRGYhpGQEZLjuSHfqfjljy12oshuQiSQd791/NkSOxMdhdK8TGZQyHafihIOzwqeQaUf6Dw==");
        await Task.Run(() =>
        {
            var verifier = new Ed25519Signer();
            verifier.Init(forSigning: false, new Ed25519PublicKeyParameters(publicKey, 0));
            verifier.BlockUpdate(content, 0, content.Length);
            verifier.VerifySignature(signature);
        }, TestContext.Current.CancellationToken);
    }
}
