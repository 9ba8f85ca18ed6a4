using System.Diagnostics;
using System.Formats.Asn1;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;
using SecureStation.Core.Keys;
using SecureStation.Core.Keys.Files;

namespace SecureStation.Core.Tests.Keys;

public class KeyFileTests
{
    public static TheoryData<StationKeyAlgorithm> Algorithms => [.. Enum.GetValues<StationKeyAlgorithm>()];

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Comes_back_from_plain_and_encrypted_files(StationKeyAlgorithm algorithm)
    {
        using var folder = new TemporaryFolder();
        using StationKeyPair keyPair = NewPair(algorithm);
        foreach (string passphrase in new[] { "", "correct horse ä€😀" })
        {
            string path = folder.File($"key{passphrase.Length}.pem");
            KeyFile.WritePrivate(path, keyPair, passphrase);
            Assert.True(keyPair.IsStored);

            using StationKeyPair read = KeyFile.ReadPrivate(path, passphrase);
            Assert.Equal(keyPair.PublicKey, read.PublicKey);
            Assert.True(read.IsStored);
            Assert.True(keyPair.PublicKey.Verify(SignaturePurpose.Log, [1], read.Sign(SignaturePurpose.Log, [1])));
            Assert.Equal(passphrase.Length > 0, File.ReadAllText(path).StartsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----\n", StringComparison.Ordinal));
        }

        string publicPath = folder.File("key.pub.pem");
        KeyFile.WritePublic(publicPath, keyPair.PublicKey);
        Assert.Equal(keyPair.PublicKey, KeyFile.ReadPublic(publicPath));
    }

    [Fact]
    public void Encrypts_as_designed()
    {
        using StationKeyPair keyPair = NewPair();
        string pem = Encoding.ASCII.GetString(KeyFile.FormatPrivate(keyPair, "secret"));
        byte[] der = Convert.FromBase64String(string.Concat(pem.Split('\n')[1..^2]));

        var encryption = Pbes2.Read(new AsnReader(der, AsnEncodingRules.DER).ReadSequence().ReadSequence());
        Assert.Equal(
            (600_000, HashAlgorithmName.SHA256, 32, 16),
            (encryption.Iterations, encryption.Prf, encryption.KeySize, encryption.Salt.Length));

        // The BCL's own reader as a second opinion: it gets as far as finding a key that it does not know.
        System.Security.Cryptography.Pkcs.Pkcs8PrivateKeyInfo info =
            System.Security.Cryptography.Pkcs.Pkcs8PrivateKeyInfo.DecryptAndDecode("secret", der, out int read);
        Assert.Equal((der.Length, "1.3.101.112"), (read, info.AlgorithmId.Value));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void Private_files_are_for_their_owner()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "File modes are Unix's.");
        using var folder = new TemporaryFolder();
        using StationKeyPair keyPair = NewPair();

        KeyFile.WritePrivate(folder.File("key.pem"), keyPair);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.File("key.pem")));

        File.SetUnixFileMode(folder.File("key.pem"), (UnixFileMode)0b110_100_100);
        KeyFile.WritePrivate(folder.File("key.pem"), keyPair, overwrite: true);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.File("key.pem")));
    }

    [Fact]
    public void Overwrites_only_when_asked()
    {
        using var folder = new TemporaryFolder();
        using StationKeyPair first = NewPair();
        using StationKeyPair second = NewPair();
        string path = folder.File("key.pem");

        KeyFile.WritePrivate(path, first);
        StationAssert.Fails(StationFault.AlreadyExists, () => KeyFile.WritePrivate(path, second));
        Assert.False(second.IsStored);
        Assert.Equal(first.PublicKey, KeyFile.ReadPrivate(path).PublicKey);

        KeyFile.WritePrivate(path, second, overwrite: true);
        Assert.Equal(second.PublicKey, KeyFile.ReadPrivate(path).PublicKey);
        Assert.Equal([path], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Tells_missing_files_from_unreadable_ones()
    {
        using var folder = new TemporaryFolder();
        using StationKeyPair keyPair = NewPair();
        StationAssert.Fails(StationFault.NotFound, () => KeyFile.ReadPrivate(folder.File("none.pem")));
        StationAssert.Fails(StationFault.NotFound, () => KeyFile.ReadPublic(folder.File("no/folder.pem")));
        StationAssert.Fails(StationFault.StorageFailed, () => KeyFile.ReadPrivate(folder.Path));
        StationAssert.Fails(StationFault.StorageFailed, () => KeyFile.WritePrivate(folder.File("no/folder.pem"), keyPair));
        StationAssert.Fails(StationFault.StorageFailed, () => KeyFile.ReadPrivate("a\0b"));
    }

    [Fact]
    public void Needs_the_right_passphrase()
    {
        using StationKeyPair keyPair = NewPair();
        byte[] pem = Encrypt(KeyFile.FormatPrivate(keyPair), "secret", iterations: 1);

        Assert.Equal(keyPair.PublicKey, KeyFile.ParsePrivate(pem, "secret").PublicKey);
        StationAssert.Fails(StationFault.WrongPassphrase, () => KeyFile.ParsePrivate(pem));

        // Of 2,000 wrong ones, some leave padding that looks right.
        for (int i = 0; i < 2000; i++)
        {
            StationException e = StationAssert.Fails(StationFault.WrongPassphrase, () => KeyFile.ParsePrivate(pem, $"wrong {i}"));
            Assert.DoesNotContain("wrong", e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Ignores_a_passphrase_that_is_not_needed()
    {
        using StationKeyPair keyPair = NewPair();
        Assert.Equal(keyPair.PublicKey, KeyFile.ParsePrivate(KeyFile.FormatPrivate(keyPair), "secret").PublicKey);
    }

    [Fact]
    public void Reads_what_editors_make_of_it()
    {
        using StationKeyPair keyPair = NewPair();
        string pem = Encoding.ASCII.GetString(KeyFile.FormatPrivate(keyPair));
        string[] variants =
        [
            "\uFEFF" + pem,
            pem.Replace("\n", "\r\n", StringComparison.Ordinal),
            "\uFEFF# Schlüssel von Alice\r\nKey Attributes: none\r\n\r\n" + pem.Replace("\n", "\r\n", StringComparison.Ordinal),
            pem + "\n\n# the end\n",
            pem.TrimEnd(),
            keyPair.PublicKey.ToPem() + pem,
            pem + keyPair.PublicKey.ToPem(),
        ];

        Assert.All(variants, text => Assert.Equal(keyPair.PublicKey, KeyFile.ParsePrivate(Encoding.UTF8.GetBytes(text)).PublicKey));
    }

    [Fact]
    public void Refuses_to_guess_between_keys()
    {
        using StationKeyPair first = NewPair();
        using StationKeyPair second = NewPair();
        byte[] two = [.. KeyFile.FormatPrivate(first), .. KeyFile.FormatPrivate(second)];
        Assert.Contains("more than one", RefusesPrivate(two).Message, StringComparison.Ordinal);
        StationAssert.Fails(StationFault.InvalidKey, () => StationPublicKey.FromPem(first.PublicKey.ToPem() + second.PublicKey.ToPem()));

        // A block that is damaged may have been the key that was meant.
        byte[] damaged = KeyFile.FormatPrivate(first);
        damaged[40] = (byte)'!';
        RefusesPrivate([.. damaged, .. KeyFile.FormatPrivate(second)]);
    }

    [Fact]
    public void Refuses_keys_of_the_wrong_kind()
    {
        using StationKeyPair keyPair = NewPair();
        RefusesPrivate(Encoding.ASCII.GetBytes(keyPair.PublicKey.ToPem()));
        StationException e = StationAssert.Fails(StationFault.InvalidKey, () => KeyFile.ParsePublic(KeyFile.FormatPrivate(keyPair)));
        Assert.Contains("private key", e.Message, StringComparison.Ordinal);

        using RSA rsa = RSA.Create(2048);
        Assert.Contains("openssl pkcs8", RefusesPrivate(rsa.ExportRSAPrivateKeyPem()).Message, StringComparison.Ordinal);
        using ECDsa p256 = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        RefusesPrivate(p256.ExportECPrivateKeyPem());
        using ECDsa p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        RefusesPrivate(p384.ExportPkcs8PrivateKeyPem());
        using RSA small = RSA.Create(1024);
        RefusesPrivate(small.ExportPkcs8PrivateKeyPem());
        RefusesPrivate(BadKeys.ExplicitCurvePrivate);
        RefusesPrivate(PemEncoding.WriteString("CERTIFICATE", [5, 0]));
        RefusesPrivate(PemEncoding.WriteString("OPENSSH PRIVATE KEY", "openssh-key-v1\0"u8));
        RefusesPrivate(PemEncoding.WriteString("PRIVATE KEY", keyPair.PublicKey.ToBytes()));
        RefusesPrivate(PemEncoding.WriteString("ENCRYPTED PRIVATE KEY", keyPair.PublicKey.ToBytes()));
        StationAssert.Fails(StationFault.InvalidKey, () => KeyFile.ParsePublic(Encoding.ASCII.GetBytes(PemEncoding.WriteString("PUBLIC KEY", keyPair.ExportPkcs8()))));
    }

    [Theory]
    [InlineData(BadKeys.Pbes1, "1.2.840.113549.1.12.1.3")]
    [InlineData(BadKeys.Scrypt, "scrypt")]
    [InlineData(BadKeys.TripleDes, "1.2.840.113549.3.7")]
    [InlineData(BadKeys.LegacyEncrypted, "old way")]
    [InlineData(BadKeys.TwentyMillionRounds, "rounds")]
    public void Refuses_other_encryptions_at_once(string pem, string says)
    {
        long start = Stopwatch.GetTimestamp();
        Assert.Contains(says, RefusesPrivate(pem, "secret").Message, StringComparison.Ordinal);
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 20);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(2_000_001)]
    [InlineData(int.MaxValue)]
    [InlineData(1L << 40)]
    public void Refuses_rounds_outside_the_limits_before_any_work(long iterations)
    {
        using StationKeyPair keyPair = NewPair();
        byte[] pem = Encrypt(KeyFile.FormatPrivate(keyPair), "secret", iterations, claimOnly: true);

        long start = Stopwatch.GetTimestamp();
        Assert.Contains("rounds", RefusesPrivate(pem, "secret").Message, StringComparison.Ordinal);
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 20);
    }

    [Fact]
    public void Refuses_files_over64_ki_b_without_reading_them()
    {
        using var folder = new TemporaryFolder();
        using StationKeyPair keyPair = NewPair();
        string path = folder.File("large.pem");
        byte[] pem = KeyFile.FormatPrivate(keyPair);

        byte[] largest = [.. pem, .. Enumerable.Repeat((byte)'\n', (64 * 1024) - pem.Length)];
        File.WriteAllBytes(path, largest);
        Assert.Equal(keyPair.PublicKey, KeyFile.ReadPrivate(path).PublicKey);

        File.WriteAllBytes(path, [.. largest, (byte)'\n']);
        StationAssert.Fails(StationFault.InvalidKey, () => KeyFile.ReadPrivate(path));
        StationAssert.Fails(StationFault.InvalidKey, () => KeyFile.ReadPublic(path));
        StationAssert.Fails(StationFault.InvalidKey, () => KeyFile.ParsePrivate(File.ReadAllBytes(path)));

        if (File.Exists("/dev/zero"))
        {
            StationAssert.Fails(StationFault.StorageFailed, () => KeyFile.ReadPrivate("/dev/zero"));
        }
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Refuses_files_that_are_cut_off(StationKeyAlgorithm algorithm)
    {
        using StationKeyPair keyPair = NewPair(algorithm);
        byte[] plain = KeyFile.FormatPrivate(keyPair);
        byte[] encrypted = Encrypt(plain, "secret", iterations: 1);
        byte[] publicKey = Encoding.ASCII.GetBytes(keyPair.PublicKey.ToPem());
        foreach (byte[] pem in new[] { plain, encrypted, publicKey })
        {
            // Without the line feed at the end it is still whole.
            for (int length = 0; length < pem.Length - 1; length += 50)
            {
                byte[] cut = pem[..length];
                RefusesPrivate(cut, "secret");
                StationAssert.Fails(StationFault.InvalidKey, () => KeyFile.ParsePublic(cut));
            }
        }

        // The DER cut off, in a whole PEM block.
        byte[] pkcs8 = keyPair.ExportPkcs8();
        for (int length = 0; length < pkcs8.Length; length += algorithm == StationKeyAlgorithm.Rsa ? 50 : 1)
        {
            RefusesPrivate(PemEncoding.WriteString("PRIVATE KEY", pkcs8.AsSpan(0, length)));
        }

        RefusesPrivate(PemEncoding.WriteString("PRIVATE KEY", [.. pkcs8, 0]));
    }

    [Fact]
    public void Refuses_garbage_and_nested_der_quickly()
    {
        long start = Stopwatch.GetTimestamp();
        var random = new Random(1);
        for (int i = 0; i < 300; i++)
        {
            var bytes = new byte[random.Next(0, 4000)];
            random.NextBytes(bytes);
            RefusesPrivate(bytes);
            RefusesPrivate(PemEncoding.WriteString("PRIVATE KEY", bytes));
            RefusesPrivate(PemEncoding.WriteString("ENCRYPTED PRIVATE KEY", bytes), "secret");
        }

        // Indefinite lengths nest in two bytes each: the 4.6 kB that overflow BouncyCastle's stack, and as many as fit.
        foreach (int depth in new[] { 2300, 22_000 })
        {
            byte[] nested = [.. Enumerable.Repeat(new byte[] { 0x30, 0x80 }, depth).SelectMany(pair => pair)];
            RefusesPrivate(PemEncoding.WriteString("PRIVATE KEY", nested));
            RefusesPrivate(PemEncoding.WriteString("ENCRYPTED PRIVATE KEY", nested), "secret");
        }

        RefusesPrivate(PemEncoding.WriteString("PRIVATE KEY", Nest(40_000)));
        RefusesPrivate(PemEncoding.WriteString("ENCRYPTED PRIVATE KEY", Nest(40_000)), "secret");
        RefusesPrivate(string.Concat(Enumerable.Repeat("-----BEGIN PRIVATE KEY-----\n", 2300)));
        RefusesPrivate(string.Concat(Enumerable.Repeat("-----BEGIN A-----\n-----END A-----\n", 1800)));
        RefusesPrivate(new string('-', 64 * 1024));
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 20);
    }

    [Theory]
    [InlineData("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n-----END OPENSSH PRIVATE KEY-----\n", "OpenSSH key is damaged", "openssl pkcs8")]
    [InlineData("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n", "certificate", "ssh")]
    [InlineData("-----BEGIN RSA PUBLIC KEY-----\nMAA=\n-----END RSA PUBLIC KEY-----\n", "PKCS#1", "ssh")]
    [InlineData("-----BEGIN PUBLIC KEY-----\nMAA=\n-----END PUBLIC KEY-----\n", "public key", "ssh")]
    [InlineData("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGl8 alice@host\n", "OpenSSH public key", "openssl")]
    [InlineData("ecdsa-sha2-nistp256 AAAA alice@host\n", "OpenSSH public key", "openssl")]
    [InlineData("---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n---- END SSH2 PUBLIC KEY ----\n", "ssh-keygen -i", "openssl")]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nMAA=\n-----END RSA PRIVATE KEY-----\n", "openssl pkcs8 -topk8", "PyCrypto")]
    public void Says_what_it_is_and_what_makes_it_a_key_that_is_read(string text, string says, string saysNot)
    {
        string message = RefusesPrivate(Encoding.ASCII.GetBytes(text), "secret").Message;
        Assert.Contains(says, message, StringComparison.Ordinal);
        Assert.DoesNotContain(saysNot, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n", "openssl x509")]
    [InlineData("-----BEGIN RSA PUBLIC KEY-----\nMAA=\n-----END RSA PUBLIC KEY-----\n", "-RSAPublicKey_in")]
    [InlineData("ssh-rsa AAAAB3NzaC1yc2E= alice@host", "damaged")]
    public void Says_what_makes_a_public_key_that_is_read(string text, string says) => Assert.Contains(
        says, StationAssert.Fails(StationFault.InvalidKey, () => KeyFile.ParsePublic(Encoding.ASCII.GetBytes(text))).Message, StringComparison.Ordinal);

    [Fact]
    public void Refuses_binary_and_utf16_files()
    {
        using StationKeyPair keyPair = NewPair();
        string pem = Encoding.ASCII.GetString(KeyFile.FormatPrivate(keyPair));
        Assert.Contains("UTF-16", RefusesPrivate([.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(pem)]).Message, StringComparison.Ordinal);
        Assert.Contains("UTF-16", RefusesPrivate(Encoding.BigEndianUnicode.GetBytes(pem)).Message, StringComparison.Ordinal);
        RefusesPrivate(keyPair.ExportPkcs8());
    }

    [Fact]
    public void Refuses_halves_that_do_not_belong_together()
    {
        using StationKeyPair keyPair = NewPair();
        using StationKeyPair other = NewPair();

        // RFC 5958 version 1 with a public key in [1].
        byte[] pkcs8 = keyPair.ExportPkcs8();
        byte[] WithPublicKey(StationKeyPair of)
        {
            byte[] v2 = [.. pkcs8, 0x81, 33, 0, .. of.PublicKey.ToBytes()[^32..]];
            v2[1] += 35;
            v2[4] = 1;
            return v2;
        }

        Assert.Equal(keyPair.PublicKey, KeyFile.ParsePrivate(PemEncoding.WriteString("PRIVATE KEY", WithPublicKey(keyPair))).PublicKey);
        RefusesPrivate(PemEncoding.WriteString("PRIVATE KEY", WithPublicKey(other)));

        using ECDsa first = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using ECDsa second = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        byte[] mixed = first.ExportPkcs8PrivateKey();
        second.ExportSubjectPublicKeyInfo().AsSpan()[^64..].CopyTo(mixed.AsSpan()[^64..]);
        RefusesPrivate(PemEncoding.WriteString("PRIVATE KEY", mixed));
    }

    [Fact]
    public void Errors_show_nothing_of_the_key()
    {
        using StationKeyPair keyPair = NewPair();
        byte[] pem = KeyFile.FormatPrivate(keyPair);
        string body = Encoding.ASCII.GetString(pem).Split('\n')[1];
        pem[^10] = (byte)'x';
        Assert.DoesNotContain(body, RefusesPrivate(pem).ToString(), StringComparison.Ordinal);
    }

    private static StationKeyPair NewPair(StationKeyAlgorithm algorithm = StationKeyAlgorithm.Ed25519) =>
        StationKeyPair.Generate(algorithm, algorithm == StationKeyAlgorithm.Rsa ? 2048 : 0);

    private static StationException RefusesPrivate(string pem, string passphrase = "") =>
        StationAssert.Fails(StationFault.InvalidKey, () => KeyFile.ParsePrivate(pem.AsSpan(), passphrase));

    private static StationException RefusesPrivate(byte[] pem, string passphrase = "") =>
        StationAssert.Fails(StationFault.InvalidKey, () => KeyFile.ParsePrivate(pem, passphrase));

    private static byte[] Nest(int size)
    {
        byte[] nested = [5, 0];
        var parts = new Stack<byte[]>();
        int length = nested.Length;
        while (length < size)
        {
            byte[] header = length < 0x80 ? [0x30, (byte)length]
                : length < 0x100 ? [0x30, 0x81, (byte)length]
                : [0x30, 0x82, (byte)(length >> 8), (byte)length];
            parts.Push(header);
            length += header.Length;
        }

        return [.. parts.SelectMany(part => part), .. nested];
    }

    // An EncryptedPrivateKeyInfo with the rounds that a test wants; claimOnly writes them down but runs one.
    private static byte[] Encrypt(byte[] plainPem, string passphrase, long iterations, bool claimOnly = false)
    {
        byte[] pkcs8 = KeyPem.FindPrivateKey(Encoding.ASCII.GetString(plainPem), out bool _);
        Pbes2 encryption = Pbes2.Create() with { Iterations = claimOnly ? 1 : (int)iterations };
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(KeyOids.Pbes2);
                using (writer.PushSequence())
                {
                    using (writer.PushSequence())
                    {
                        writer.WriteObjectIdentifier(KeyOids.Pbkdf2);
                        using (writer.PushSequence())
                        {
                            writer.WriteOctetString(encryption.Salt.Span);
                            writer.WriteInteger(iterations);
                            writer.WriteInteger(32);
                            using (writer.PushSequence())
                            {
                                writer.WriteObjectIdentifier(KeyOids.HmacWithSha256);
                                writer.WriteNull();
                            }
                        }
                    }

                    using (writer.PushSequence())
                    {
                        writer.WriteObjectIdentifier(KeyOids.Aes256Cbc);
                        writer.WriteOctetString(encryption.Iv.Span);
                    }
                }
            }

            writer.WriteOctetString(encryption.Encrypt(Encoding.UTF8.GetBytes(passphrase), pkcs8));
        }

        return Encoding.ASCII.GetBytes(PemEncoding.WriteString("ENCRYPTED PRIVATE KEY", writer.Encode()) + "\n");
    }
}
