using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using SecureStation.Core.DiffieHellman;
using SecureStation.Core.Tests.Vectors;

namespace SecureStation.Core.Tests.DiffieHellman;

/// <summary>Known answers of Python's integers and of openssl (tests/vectors/diffie-hellman).</summary>
public class DhVectorTests
{
    private static readonly JsonElement s_groups = Load("groups.json").GetProperty("groups");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Groups => [.. s_groups.EnumerateArray().Select(group => group.GetProperty("name").GetString()!)];

    /// <summary>The primes were computed from e and π, as the RFCs define them.</summary>
    [Theory]
    [MemberData(nameof(Groups))]
    public void The_group_is_that_of_its_definition(string name)
    {
        JsonElement vector = Vector(name);
        DhGroup group = DhGroup.Get(name);
        Assert.Equal(vector.GetProperty("bits").GetInt32(), group.Bits);
        Assert.Equal(Number(vector, "prime"), group.Prime);
        Assert.Equal(vector.GetProperty("generator").GetInt32(), group.Generator);
    }

    [Theory]
    [MemberData(nameof(Groups))]
    public void Secrets_agree(string name)
    {
        DhParameter parameter = DhGroup.Get(name).Parameter;
        Assert.All(Vector(name).GetProperty("agreements").EnumerateArray(), agreement =>
        {
            using DhKeyPair pair = DhKeyPair.FromExponent(parameter, Convert.FromHexString(agreement.GetProperty("x").GetString()!));
            Assert.Equal(agreement.GetProperty("public").GetString(), Convert.ToHexStringLower(pair.PublicKey.ToBytes()));
            using DhSharedSecret secret = DhExchange.Agree(pair, DhPublicKey.FromValue(parameter, Number(agreement, "peer"), cancellationToken: Token));
            Assert.Equal(agreement.GetProperty("secret").GetString(), secret.ToHex());
        });
    }

    [Theory]
    [MemberData(nameof(Groups))]
    public void Public_values_are_refused(string name)
    {
        DhParameter parameter = DhGroup.Get(name).Parameter;
        Assert.All(Vector(name).GetProperty("refused").EnumerateArray(), value =>
            StationAssert.Fails(StationFault.InvalidParameter, () => DhPublicKey.FromValue(parameter, Number(value, "public"), cancellationToken: Token)));
    }

    [Fact]
    public void Files_of_openssl_are_read_and_written_the_same_and_give_its_secret()
    {
        Assert.All(Load("openssl.json").GetProperty("exchanges").EnumerateArray(), exchange =>
        {
            string Text(string name) => exchange.GetProperty(name).GetString()!;
            byte[] Bytes(string name) => Encoding.ASCII.GetBytes(Text(name));

            using DhKeyPair a = DhKeyPair.Import(Bytes("a"), cancellationToken: Token), b = DhKeyPair.Import(Bytes("b"), cancellationToken: Token);
            using DhKeyPair encrypted = DhKeyPair.Import(Bytes("a_encrypted"), Text("passphrase"), cancellationToken: Token);
            Assert.Equal(Text("group"), a.GroupName);
            Assert.Equal(a.PublicKey, encrypted.PublicKey);
            Assert.Equal(Text("a_public"), a.PublicKey.ToPem());
            Assert.Equal(Text("a"), Encoding.ASCII.GetString(a.ExportPem()));
            using DhSharedSecret ab = DhExchange.Agree(a, DhPublicKey.Import(Bytes("b_public"), cancellationToken: Token));
            using DhSharedSecret ba = DhExchange.Agree(b, DhPublicKey.Import(Bytes("a_public"), cancellationToken: Token));
            Assert.Equal(Text("secret"), ab.ToHex());
            Assert.Equal(Text("secret"), ba.ToHex());
            StationAssert.Fails(StationFault.WrongPassphrase, () => DhKeyPair.Import(Bytes("a_encrypted"), "other", cancellationToken: Token));
            if (exchange.GetProperty("parameters").GetString() is { } parameters)
            {
                Assert.Equal(a.Parameter, DhParameter.Import(Encoding.ASCII.GetBytes(parameters)));
                Assert.Equal(parameters, a.Parameter!.ToPem());
            }
        });
    }

    private static JsonElement Vector(string name) => s_groups.EnumerateArray().Single(group => group.GetProperty("name").GetString() == name);

    private static BigInteger Number(JsonElement element, string name) => BigInteger.Parse("0" + element.GetProperty(name).GetString(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static JsonElement Load(string name) => JsonDocument.Parse(File.ReadAllBytes(OwnVectors.PathOf("diffie-hellman", name))).RootElement;
}
