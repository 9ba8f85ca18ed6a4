using SecureStation.Core.Noise;

namespace SecureStation.Core.Tests.Noise;

public class ProtocolNameTests
{
    [Fact]
    public void Parse_takes_a_name_apart()
    {
        ProtocolName protocol = ProtocolName.Parse("Noise_XXpsk0+psk3_25519_ChaChaPoly_BLAKE2s");

        Assert.Equal("Noise_XXpsk0+psk3_25519_ChaChaPoly_BLAKE2s", protocol.Name);
        Assert.Equal("XXpsk0+psk3", protocol.Pattern.Name);
        Assert.Equal("25519", protocol.Dh);
        Assert.Equal("ChaChaPoly", protocol.Cipher);
        Assert.Equal("BLAKE2s", protocol.Hash);
        Assert.Equal(3, protocol.MessageCount);
        Assert.Equal(2, protocol.Pattern.PskCount);
    }

    [Fact]
    public void Parse_takes_a_hybrid_name_apart()
    {
        ProtocolName protocol = ProtocolName.Parse("Noise_XXhfs+psk3_25519+MLKEM768_AESGCM_SHA256");

        Assert.Equal("XXhfs+psk3", protocol.Pattern.Name);
        Assert.Equal("25519", protocol.Dh);
        Assert.Equal("MLKEM768", protocol.Kem);
        Assert.Null(ProtocolName.Parse("Noise_XXpsk3_25519_AESGCM_SHA256").Kem);
    }

    [Fact]
    public void Parse_knows_every_combination()
    {
        foreach (string pattern in HandshakePatterns.Names)
        {
            foreach (string cipher in ProtocolName.CipherNames)
            {
                foreach (string hash in ProtocolName.HashNames)
                {
                    Assert.Equal(pattern, ProtocolName.Parse($"Noise_{pattern}_25519_{cipher}_{hash}").Pattern.Name);
                }
            }
        }

        Assert.Equal(38, HandshakePatterns.Names.Count);
    }

    [Theory]
    [InlineData("", "not a Noise protocol name")]
    [InlineData("Noise_XX_25519_AESGCM", "not a Noise protocol name")]
    [InlineData("Noise_XX_25519_AESGCM_SHA256_", "not a Noise protocol name")]
    [InlineData("noise_XX_25519_AESGCM_SHA256", "not a Noise protocol name")]
    [InlineData(" Noise_XX_25519_AESGCM_SHA256", "not a Noise protocol name")]
    [InlineData("Noise_XY_25519_AESGCM_SHA256", "no handshake pattern 'XY'")]
    [InlineData("Noise_xx_25519_AESGCM_SHA256", "no handshake pattern ''")]
    [InlineData("Noise__25519_AESGCM_SHA256", "no handshake pattern ''")]
    [InlineData("Noise_XX_448_AESGCM_SHA256", "DH function '448' is not supported")]
    [InlineData("Noise_XX_25519_AESGCM256_SHA256", "cipher function 'AESGCM256' is not supported")]
    [InlineData("Noise_XX_25519_AESGCM_SHA256\n", "hash function 'SHA256\n' is not supported")]
    [InlineData("Noise_XX_25519_AESGCM_SHA3", "hash function 'SHA3' is not supported")]
    [InlineData("Noise_XXfallback_25519_AESGCM_SHA256", "'fallback' is not supported")]
    [InlineData("Noise_XXfallback+psk0_25519_AESGCM_SHA256", "'fallback' is not supported")]
    [InlineData("Noise_XXpsk_25519_AESGCM_SHA256", "no pattern modifier 'psk'")]
    [InlineData("Noise_XXpsk03_25519_AESGCM_SHA256", "no pattern modifier 'psk03'")]
    [InlineData("Noise_XXpsk3+_25519_AESGCM_SHA256", "no pattern modifier ''")]
    [InlineData("Noise_XX+psk3_25519_AESGCM_SHA256", "There is no")]
    [InlineData("Noise_XXhfs_25519_AESGCM_SHA256", "'hfs' needs a KEM function behind the DH function: 25519+MLKEM768")]
    [InlineData("Noise_XXpsk4_25519_AESGCM_SHA256", "'psk4' is not possible: XX has 3 messages")]
    [InlineData("Noise_Npsk2_25519_AESGCM_SHA256", "'psk2' is not possible: N has 1 message.")]
    [InlineData("Noise_XXpsk3+psk0_25519_AESGCM_SHA256", "alphabetical order")]
    [InlineData("Noise_XXpsk3+psk3_25519_AESGCM_SHA256", "each stand once")]
    [InlineData("Noise_XX_25519+MLKEM768_AESGCM_SHA256", "'MLKEM768' needs the modifier 'hfs'")]
    [InlineData("Noise_XXhfs_25519+ML-KEM-768_AESGCM_SHA256", "KEM function 'ML-KEM-768' is not supported; known: MLKEM768")]
    [InlineData("Noise_XXhfs_25519+XWing_AESGCM_SHA256", "KEM function 'XWing' is not supported")]
    [InlineData("Noise_XXpsk3+hfs_25519+MLKEM768_AESGCM_SHA256", "alphabetical order, hfs before psk0")]
    [InlineData("Noise_XXhfs+hfs_25519+MLKEM768_AESGCM_SHA256", "each stand once")]
    [InlineData("Noise_XXfallback+hfs_25519+MLKEM768_AESGCM_SHA256", "'fallback' is not supported")]
    [InlineData("Noise_Nhfs_25519+MLKEM768_AESGCM_SHA256", "'hfs' is not possible: N is one-way")]
    [InlineData("Noise_XXpsk0psk3_25519_AESGCM_SHA256", "no pattern modifier 'psk0psk3'")]
    public void Parse_refuses_what_it_does_not_know(string name, string reason)
    {
        StationException e = Assert.Throws<StationException>(() => ProtocolName.Parse(name));
        Assert.Equal(StationFault.InvalidArgument, e.Fault);
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
        Assert.False(ProtocolName.TryParse(name, out ProtocolName? protocol));
        Assert.Null(protocol);
    }

    [Fact]
    public void Parse_refuses_more_than_255_characters_without_repeating_them()
    {
        string name = new('N', 256);
        StationException e = Assert.Throws<StationException>(() => ProtocolName.Parse(name));
        Assert.Equal(StationFault.InvalidArgument, e.Fault);
        Assert.DoesNotContain("NNN", e.Message, StringComparison.Ordinal);
        Assert.False(ProtocolName.TryParse(null, out _));
    }
}
