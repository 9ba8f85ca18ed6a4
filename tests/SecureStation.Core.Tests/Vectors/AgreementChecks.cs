using System.Text;
using SecureStation.Core.DiffieHellman;
using SecureStation.Core.Noise.Primitives;
using SecureStation.Core.Tests.Noise.Primitives;

namespace SecureStation.Core.Tests.Vectors;

/// <summary>
/// X25519. Public values of low order are refused; every other test that is only "acceptable" is computed: the top bit masked, what is
/// above p reduced (RFC 7748, 5).
/// </summary>
internal static class AgreementChecks
{
    /// <summary>Keys as 32 bytes: Noise's way, with every library that this machine has for it, and that of a Diffie-Hellman exchange.</summary>
    public static string X25519Raw(WycheproofTest test)
    {
        byte[] privateKey = test.Bytes("private"), publicKey = test.Bytes("public");
        foreach (X25519PrivateKey key in X25519Libraries.Import(privateKey))
        {
            using (key)
            {
                byte[] shared = new byte[X25519.KeyLength];
                if (IsRefused(test))
                {
                    StationAssert.Fails(StationFault.InvalidKey, () => X25519.ComputeSharedSecret(key, publicKey, shared));
                    continue;
                }

                X25519.ComputeSharedSecret(key, publicKey, shared);
                Assert.Equal(test.Bytes("shared"), shared);
            }
        }

        using DhKeyPair pair = DhKeyPair.FromX25519(privateKey);
        return Agree(test, pair, DhPublicKey.FromX25519(publicKey));
    }

    /// <summary>Keys in DER or PEM: the files of a Diffie-Hellman exchange.</summary>
    public static string X25519Files(WycheproofTest test)
    {
        if (test.Result == "invalid")
        {
            StationAssert.Fails(StationFault.InvalidKey, () =>
            {
                using DhKeyPair _ = ReadPair();
                ReadPublic();
            });
            return WycheproofTest.Refused;
        }

        using DhKeyPair pair = ReadPair();
        return Agree(test, pair, ReadPublic());

        DhKeyPair ReadPair() => DhKeyPair.Import(Decode(test.Text("private")), cancellationToken: TestContext.Current.CancellationToken);
        DhPublicKey ReadPublic() => DhPublicKey.Import(Decode(test.Text("public")), cancellationToken: TestContext.Current.CancellationToken);
    }

    private static string Agree(WycheproofTest test, DhKeyPair pair, DhPublicKey peer)
    {
        if (IsRefused(test))
        {
            StationAssert.Fails(StationFault.InvalidParameter, () => DhExchange.Agree(pair, peer));
            return WycheproofTest.Refused;
        }

        using DhSharedSecret secret = DhExchange.Agree(pair, peer);
        Assert.Equal(test.Text("shared"), secret.ToHex());
        return WycheproofTest.Agrees;
    }

    private static bool IsRefused(WycheproofTest test) => test.Result == "invalid" || test.HasFlag("LowOrderPublic") || test.HasFlag("ZeroSharedSecret");

    private static byte[] Decode(string key) => key.StartsWith('-') ? Encoding.ASCII.GetBytes(key) : Convert.FromHexString(key);
}
