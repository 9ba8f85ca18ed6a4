using System.Runtime.CompilerServices;
using SecureStation.Core.Noise;

namespace SecureStation.Core.Tests.Noise;

public class AgreementAheadTests
{
    private static readonly NoiseKeyPair s_local = NoiseKeyPair.Generate();
    private static readonly byte[] s_remote = NoiseKeyPair.Generate().PublicKey.ToArray();
    private static readonly byte[] s_expected = Expected();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Whoever_takes_it_gets_the_secret_whether_another_core_was_free_or_not(bool executed)
    {
        var ahead = new AgreementAhead(s_local, s_remote);
        if (executed)
        {
            ahead.Execute();
            Assert.Equal(s_expected, Secret(ahead));
        }

        byte[] secret = new byte[32];
        ahead.Take(secret);

        Assert.Equal(s_expected, secret);
        Assert.Equal(new byte[32], Secret(ahead));
    }

    [Fact]
    public void Many_threads_that_come_at_once_compute_one_secret()
    {
        for (int i = 0; i < 100; i++)
        {
            using AgreementAhead ahead = AgreementAhead.Begin(s_local, s_remote);
            byte[] secret = new byte[32];
            ahead.Take(secret);
            Assert.Equal(s_expected, secret);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_key_of_low_order_fails_where_the_secret_is_taken(bool executed)
    {
        using var ahead = new AgreementAhead(s_local, new byte[32]);
        if (executed)
        {
            ahead.Execute();
        }

        StationAssert.Fails(StationFault.InvalidKey, () => ahead.Take(new byte[32]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_is_needed_no_longer_is_wiped_and_never_computed(bool executed)
    {
        var ahead = new AgreementAhead(s_local, s_remote);
        if (executed)
        {
            ahead.Execute();
        }

        ahead.Dispose();
        ahead.Execute();

        Assert.Equal(new byte[32], Secret(ahead));
    }

    private static byte[] Expected()
    {
        byte[] secret = new byte[32];
        s_local.ComputeSharedSecret(s_remote, secret);
        return secret;
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_sharedSecret")]
    private static extern ref byte[] Secret(AgreementAhead ahead);
}
