using System.Security.Cryptography;
using SecureStation.Core.Handshake;
using SecureStation.Core.Keys;
using SecureStation.Core.Noise;
using SecureStation.Core.Protocols;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Tests.Handshake;

public class StationSuiteTests
{
    [Fact]
    public void There_are_eight_and_the_hybrid_is_the_default()
    {
        Assert.Equal(Suites.Hybrid, StationSuite.Default.Name);
        Assert.Equal(
            [
                Suites.Hybrid, Suites.HybridChaChaPoly, Suites.HybridInvited, Suites.HybridChaChaPolyInvited,
                Suites.Classical, Suites.ClassicalChaChaPoly, Suites.ClassicalInvited, Suites.ClassicalChaChaPolyInvited,
            ],
            StationSuite.Names);
        Assert.All(StationSuite.All, suite => Assert.InRange(Preamble.Format(suite.Name).Length, 1, Preamble.MaxLength));
    }

    [Theory]
    [InlineData(null, null, null, Suites.Hybrid)]
    [InlineData(null, null, true, Suites.HybridInvited)]
    [InlineData(null, null, false, Suites.ClassicalInvited)]
    [InlineData(Suites.HybridChaChaPoly, null, null, Suites.HybridChaChaPoly)]
    [InlineData(Suites.HybridChaChaPoly, null, false, Suites.HybridChaChaPolyInvited)]
    [InlineData(Suites.Classical, null, true, Suites.ClassicalInvited)]
    [InlineData(Suites.ClassicalChaChaPolyInvited, null, true, Suites.ClassicalChaChaPolyInvited)]
    [InlineData(null, "XX", null, Suites.Classical)]
    [InlineData(null, "XXhfs", null, Suites.Hybrid)]
    [InlineData(null, "XXhfs+psk3", true, Suites.HybridInvited)]
    [InlineData(null, "XXpsk3", true, Suites.ClassicalInvited)]
    [InlineData(Suites.ClassicalChaChaPoly, "XX", null, Suites.ClassicalChaChaPoly)]
    public void The_choice_follows_what_is_asked_for(string? name, string? pattern, bool? invitationTakesHybrid, string chosen)
    {
        using StationInvitation? invitation = invitationTakesHybrid is { } hybrid ? Invite(hybrid) : null;
        Assert.Equal(chosen, StationSuite.Choose(name, pattern, invitation).Name);
    }

    [Theory]
    [InlineData("Noise_NN_25519_AESGCM_SHA256", null)]
    [InlineData("Noise_XXhfs_25519+ML-KEM-768_AESGCM_SHA256", null)]
    [InlineData("", null)]
    [InlineData(null, "IK")]
    [InlineData(null, "XXpsk3+hfs")]
    [InlineData(null, "")]
    [InlineData(Suites.Hybrid, "XX")]
    [InlineData(Suites.Classical, "XXhfs")]
    public void What_there_is_not_is_refused(string? name, string? pattern)
        => Assert.Equal(StationFault.InvalidArgument, Assert.Throws<StationException>(() => StationSuite.Choose(name, pattern)).Fault);

    [Theory]
    [InlineData(Suites.Hybrid, "secrecy: hybrid, authentication: classical")]
    [InlineData(Suites.ClassicalInvited, "secrecy: classical, authentication: classical")]
    [InlineData("Noise_NNhfs_25519+MLKEM768_AESGCM_SHA256", "secrecy: hybrid, authentication: none")]
    [InlineData("Noise_NNpsk0_25519_AESGCM_SHA256", "secrecy: classical, authentication: pre-shared key")]
    public void A_protocol_says_what_it_gives(string name, string security)
    {
        Assert.Equal(security, ProtocolName.Parse(name).Security);
        Assert.Equal(security, ProtocolCatalog.Describe(name).Security);
    }

    /// <summary>A handshake message has 4,096 bytes at most; the largest is message 2 of a hybrid suite with the largest identity, RSA of 8,192 bits.</summary>
    [Fact]
    public void The_largest_identity_fits_into_message_2()
    {
        using var rsa = RSA.Create();
        rsa.ImportParameters(new RSAParameters { Modulus = [.. Enumerable.Repeat((byte)0xff, 1024)], Exponent = [1, 0, 1] });
        int payload = 2 + rsa.ExportSubjectPublicKeyInfo().Length + 1024;
        int largest = StationSuite.All.Max(suite => suite.Noise.Pattern.Messages.Max(message => message.Overhead)) + payload;
        Assert.Equal(1248 + payload, largest);
        Assert.Equal(3288, StationSuite.Default.Noise.Pattern.Messages[1].Overhead + payload);
        Assert.InRange(largest, 1, StationHandshake.MaxMessageLength);
    }

    [Fact]
    public void A_message_has_the_length_that_was_said()
    {
        using StationKeyPair key = StationKeyPair.Generate();
        using var local = new StationStaticKey(key);
        foreach (StationSuite suite in StationSuite.All.Where(suite => !suite.NeedsInvitation))
        {
            using StationHandshake a = StationHandshake.CreateInitiator(suite, local), b = StationHandshake.CreateResponder(suite, local);
            byte[] buffer = new byte[StationHandshake.MaxMessageLength];
            foreach ((StationHandshake writer, StationHandshake reader) in new[] { (a, b), (b, a), (a, b) })
            {
                int due = writer.NextMessageLength;
                int length = writer.Write(buffer);
                Assert.Equal(due, length);
                reader.Read(buffer.AsSpan(0, length));
            }
        }
    }

    private static StationInvitation Invite(bool takesHybrid)
    {
        using StationKeyPair key = StationKeyPair.Generate();
        return StationInvitation.Create("host", 1, key.Fingerprint, DateTimeOffset.UtcNow.AddHours(1), temporary: false, takesHybrid);
    }
}
