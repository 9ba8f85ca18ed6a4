using System.Buffers.Binary;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using SecureStation.Core.Keys;
using SecureStation.Core.Keys.Files;
using SecureStation.Core.Keys.OpenSsh;

namespace SecureStation.Core.Tests.Keys;

/// <summary>Key files go to ssh-keygen and come from it, and damaged ones are refused.</summary>
public class OpenSshTests
{
    private const string Passphrase = "correct horse £";

    public static TheoryData<StationKeyAlgorithm> Algorithms => [.. Enum.GetValues<StationKeyAlgorithm>()];

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Ssh_keygen_reads_our_files(StationKeyAlgorithm algorithm)
    {
        using var folder = new TemporaryFolder();
        using StationKeyPair keyPair = StationKeyPair.Generate(algorithm);
        KeyFile.WritePrivate(folder.File("plain"), keyPair, format: KeyFileFormat.OpenSsh);
        KeyFile.WritePrivate(folder.File("encrypted"), keyPair, Passphrase, format: KeyFileFormat.OpenSsh);
        KeyFile.WritePublic(folder.File("key.pub"), keyPair.PublicKey, format: KeyFileFormat.OpenSsh);

        string line = keyPair.PublicKey.ToOpenSsh();
        Assert.StartsWith(line, SshKeygen.Run("-y", "-P", "", "-f", folder.File("plain")), StringComparison.Ordinal);
        Assert.StartsWith(line, SshKeygen.Run("-y", "-P", Passphrase, "-f", folder.File("encrypted")), StringComparison.Ordinal);
        Assert.False(SshKeygen.Succeeds("-y", "-P", "wrong", "-f", folder.File("encrypted")));
        string sshFingerprint = Convert.ToBase64String(SHA256.HashData(Convert.FromBase64String(line.Split(' ')[1]))).TrimEnd('=');
        Assert.Contains(sshFingerprint, SshKeygen.Run("-l", "-f", folder.File("key.pub")), StringComparison.Ordinal);

        // What it has rewritten under another passphrase is still the key.
        SshKeygen.Run("-p", "-P", Passphrase, "-N", "another", "-a", "3", "-f", folder.File("encrypted"));
        using StationKeyPair again = KeyFile.ReadPrivate(folder.File("encrypted"), "another");
        Assert.Equal(keyPair.PublicKey, again.PublicKey);
    }

    [Theory]
    [InlineData(StationKeyAlgorithm.Ed25519, "-t", "ed25519")]
    [InlineData(StationKeyAlgorithm.Rsa, "-t", "rsa", "-b", "3072")]
    [InlineData(StationKeyAlgorithm.EcdsaP256, "-t", "ecdsa", "-b", "256")]
    public void We_read_the_files_of_ssh_keygen(StationKeyAlgorithm algorithm, params string[] options)
    {
        using var folder = new TemporaryFolder();
        string file = folder.File("id");
        SshKeygen.Run(["-q", "-N", Passphrase, "-C", "alice at host", "-f", file, .. options]);
        using StationKeyPair keyPair = KeyFile.ReadPrivate(file, Passphrase);
        Assert.Equal(algorithm, keyPair.Algorithm);
        Assert.Equal(keyPair.PublicKey, KeyFile.ReadPublic(file + ".pub"));
        StationAssert.Fails(StationFault.WrongPassphrase, () => KeyFile.ReadPrivate(file, "correct horse"));
        StationAssert.Fails(StationFault.WrongPassphrase, () => KeyFile.ReadPrivate(file));
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Our_files_come_back_under_the_same_fingerprint(StationKeyAlgorithm algorithm)
    {
        using StationKeyPair keyPair = StationKeyPair.Generate(algorithm);
        foreach (string passphrase in new[] { "", Passphrase })
        {
            using StationKeyPair again = KeyFile.ParsePrivate(KeyFile.FormatPrivate(keyPair, passphrase, KeyFileFormat.OpenSsh), passphrase);
            Assert.Equal(keyPair.Fingerprint, again.Fingerprint);
            Assert.True(keyPair.PublicKey.Verify(SignaturePurpose.Receipt, [1], again.Sign(SignaturePurpose.Receipt, [1])));
        }

        Assert.Equal(keyPair.PublicKey, StationPublicKey.FromOpenSsh($"# mine\n\n{keyPair.PublicKey.ToOpenSsh()} alice@host with spaces\r\n"));
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void A_cut_file_is_refused_wherever_it_ends(StationKeyAlgorithm algorithm)
    {
        using StationKeyPair keyPair = StationKeyPair.Generate(algorithm);
        byte[] blob = BlobOf(keyPair);
        for (int length = 0; length < blob.Length; length++)
        {
            StationAssert.Fails(StationFault.InvalidKey, () => OpenSshPrivateKey.Read(blob.AsSpan(0, length), ""));
        }

        StationAssert.Fails(StationFault.InvalidKey, () => OpenSshPrivateKey.Read([.. blob, 0], ""));
        byte[] publicBlob = OpenSshPublicKey.WriteBlob(keyPair.PublicKey);
        for (int length = 0; length < publicBlob.Length; length++)
        {
            StationAssert.Fails(StationFault.InvalidKey, () => OpenSshPublicKey.ReadBlob(publicBlob.AsSpan(0, length)));
        }

        StationAssert.Fails(StationFault.InvalidKey, () => OpenSshPublicKey.ReadBlob([.. publicBlob, 0]));
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void A_bit_flipped_anywhere_is_refused(StationKeyAlgorithm algorithm)
    {
        // There is no comment in it, the one thing that nothing checks.
        using StationKeyPair keyPair = StationKeyPair.Generate(algorithm);
        byte[] blob = BlobOf(keyPair);
        for (int i = 0; i < blob.Length; i++)
        {
            byte[] flipped = [.. blob];
            flipped[i] ^= (byte)(1 << (i % 8));
            StationAssert.Fails(StationFault.InvalidKey, () => OpenSshPrivateKey.Read(flipped, ""));
        }
    }

    [Fact]
    public void A_bit_flipped_in_an_encrypted_file_is_one_typed_error()
    {
        using StationKeyPair keyPair = StationKeyPair.Generate();
        byte[] blob = WithRounds(Decode(KeyFile.FormatPrivate(keyPair, Passphrase, KeyFileFormat.OpenSsh)), 1);
        for (int i = 0; i < blob.Length; i++)
        {
            byte[] flipped = [.. blob];
            flipped[i] ^= 0x40;
            StationException e = Assert.Throws<StationException>(() => OpenSshPrivateKey.Read(flipped, Passphrase));
            Assert.True(e.Fault is StationFault.InvalidKey or StationFault.WrongPassphrase, $"{i}: {e.Fault}");
        }
    }

    [Theory]
    [InlineData(0u)]
    [InlineData((uint)BcryptKdf.MaxRounds + 1)]
    [InlineData(uint.MaxValue)]
    public void Rounds_beyond_the_bound_are_refused_at_once(uint rounds)
    {
        using StationKeyPair keyPair = StationKeyPair.Generate();
        byte[] blob = WithRounds(Decode(KeyFile.FormatPrivate(keyPair, Passphrase, KeyFileFormat.OpenSsh)), rounds);
        long start = Stopwatch.GetTimestamp();
        StationException e = StationAssert.Fails(StationFault.InvalidKey, () => OpenSshPrivateKey.Read(blob, Passphrase));
        Assert.Contains("ssh-keygen -p -a", e.Message, StringComparison.Ordinal);
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 20);
    }

    [Theory]
    [InlineData("ssh-ed25519-cert-v01@openssh.com", "certificate")]
    [InlineData("sk-ssh-ed25519@openssh.com", "security key")]
    [InlineData("ssh-dss", "cannot be a station's identity")]
    public void Other_kinds_are_named(string type, string says)
    {
        using var writer = new OpenSshWriter(256);
        writer.WriteString(type);
        writer.WriteString(new byte[32]);
        string line = $"{type} {Convert.ToBase64String(writer.Written)} alice@host";
        StationException e = StationAssert.Fails(StationFault.InvalidKey, () => KeyFile.ParsePublic(Encoding.ASCII.GetBytes(line)));
        Assert.Contains(says, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_that_are_no_one_key_are_refused()
    {
        using StationKeyPair keyPair = StationKeyPair.Generate();
        string line = keyPair.PublicKey.ToOpenSsh();
        string base64 = line.Split(' ')[1];
        foreach (string bad in new[] { $"{line}\n{line}", $"ssh-rsa {base64}", "ssh-ed25519", "ssh-ed25519 ", $"ssh-ed25519 {base64[..^4]}", $"ssh-ed25519 !{base64}", $"ssh-ed25519 {new string('A', 40_000)}" })
        {
            StationAssert.Fails(StationFault.InvalidKey, () => KeyFile.ParsePublic(Encoding.ASCII.GetBytes(bad)));
        }

        using var offCurve = new OpenSshWriter(256);
        offCurve.WriteString("ecdsa-sha2-nistp256");
        offCurve.WriteString("nistp256");
        offCurve.WriteString([4, .. new byte[63], 1]);
        byte[] blob = offCurve.Written.ToArray();
        StationAssert.Fails(StationFault.InvalidKey, () => OpenSshPublicKey.ReadBlob(blob));
    }

    private static byte[] BlobOf(StationKeyPair keyPair) => Decode(KeyFile.FormatPrivate(keyPair, format: KeyFileFormat.OpenSsh));

    private static byte[] Decode(byte[] pem) => KeyPem.FindPrivateKey(Encoding.ASCII.GetString(pem), out string _);

    // Behind: magic (15), aes256-ctr (4 + 10), bcrypt (4 + 6), the options' length (4), salt (4 + 16).
    private static byte[] WithRounds(byte[] blob, uint rounds)
    {
        BinaryPrimitives.WriteUInt32BigEndian(blob.AsSpan(63), rounds);
        if (rounds is not 1)
        {
            return blob;
        }

        // The key of one round is another, so the section is encrypted again.
        const int Section = 67 + 4 + 4 + 51 + 4;
        byte[] passphrase = Encoding.UTF8.GetBytes(Passphrase);
        byte[] old = new byte[48], now = new byte[48];
        BcryptKdf.DeriveKey(passphrase, blob.AsSpan(47, 16), BcryptKdf.WrittenRounds, old);
        BcryptKdf.DeriveKey(passphrase, blob.AsSpan(47, 16), 1, now);
        byte[] plain = OpenSshCipher.AesCtr(old.AsSpan(0, 32), old.AsSpan(32), blob.AsSpan(Section));
        OpenSshCipher.AesCtr(now.AsSpan(0, 32), now.AsSpan(32), plain).CopyTo(blob, Section);
        return blob;
    }
}
