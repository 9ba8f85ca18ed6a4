using System.Security.Cryptography;
using System.Text;
using SecureStation.Core.Age;

namespace SecureStation.Core.Tests.Age;

/// <summary>What a sealer refuses and a reader bounds, and files that were cut or changed anywhere.</summary>
public class AgeFileTests
{
    [Fact]
    public void Hybrid_recipients_do_not_mix_and_a_passphrase_stays_alone()
    {
        using X25519Identity x25519 = X25519Identity.Generate();
        using HybridIdentity hybrid = HybridIdentity.Generate();
        using var passphrase = new ScryptRecipient("secret", 1);
        StationAssert.Fails(StationFault.InvalidArgument, () => AgeBytes.Seal([], x25519.Recipient, hybrid.Recipient));
        StationAssert.Fails(StationFault.InvalidArgument, () => AgeBytes.Seal([], x25519.Recipient, passphrase));
        StationAssert.Fails(StationFault.InvalidArgument, () => AgeBytes.Seal([]));
        StationAssert.Fails(StationFault.WrongPassphrase, () => new ScryptRecipient("").Dispose());
    }

    [Fact]
    public void A_mixed_file_opens_with_either()
    {
        using X25519Identity x25519 = X25519Identity.Generate();
        using HybridIdentity hybrid = HybridIdentity.Generate();
        byte[] fileKey = RandomNumberGenerator.GetBytes(16);
        using var file = new MemoryStream();
        using (AgeWriter writer = AgeWriter.UnsafeCreate(file, [x25519.Recipient.Wrap(fileKey), hybrid.Recipient.Wrap(fileKey)], fileKey, new byte[16], armored: false))
        {
            writer.Write("both"u8);
            writer.Complete();
        }

        Assert.Equal("both"u8, AgeBytes.Open(file.ToArray(), x25519));
        Assert.Equal("both"u8, AgeBytes.Open(file.ToArray(), hybrid));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(65535)]
    [InlineData(65536)]
    [InlineData(65537)]
    [InlineData(200_000)]
    public void Streams_that_give_and_take_a_byte_at_a_time_change_nothing(int length)
    {
        using X25519Identity identity = X25519Identity.Generate();
        byte[] plaintext = RandomNumberGenerator.GetBytes(length);
        using var file = new MemoryStream();
        using AgeWriter writer = AgeFile.Seal(file, [identity.Recipient], armored: true);
        foreach (byte value in plaintext)
        {
            writer.WriteByte(value);
        }

        writer.Complete();
        using Stream opened = AgeFile.Open(new OneByteStream(file.ToArray()), [identity], armored: true);
        byte[] given = new byte[length + 1];
        Assert.Equal(length, opened.ReadAtLeast(given, given.Length, throwOnEndOfStream: false));
        Assert.Equal(plaintext, given[..length]);
    }

    [Fact]
    public void A_file_that_is_cut_anywhere_does_not_open()
    {
        using X25519Identity identity = X25519Identity.Generate();
        byte[] file = AgeBytes.Seal("some text"u8, identity.Recipient);
        int payload = file.AsSpan().IndexOf("\n--- "u8) + 1 + 4 + 43 + 1 + 16;
        for (int length = 0; length < file.Length; length++)
        {
            Assert.Equal(length < payload ? AgeFailure.Header : AgeFailure.Payload, AgeBytes.FailureOf(file[..length], identity));
        }
    }

    [Fact]
    public void A_file_that_is_changed_anywhere_does_not_open()
    {
        using X25519Identity identity = X25519Identity.Generate();
        byte[] file = AgeBytes.Seal("some text"u8, identity.Recipient);
        for (int i = 0; i < file.Length; i++)
        {
            byte[] changed = [.. file];
            changed[i] ^= 1;
            AgeBytes.FailureOf(changed, identity);
        }
    }

    [Fact]
    public void A_file_that_was_not_completed_does_not_open()
    {
        using X25519Identity identity = X25519Identity.Generate();
        foreach (int length in new[] { 0, 10, 65536, 65537 })
        {
            using var file = new MemoryStream();
            using (AgeWriter writer = AgeFile.Seal(file, [identity.Recipient]))
            {
                writer.Write(new byte[length]);
            }

            Assert.Equal(AgeFailure.Payload, AgeBytes.FailureOf(file.ToArray(), identity));
        }
    }

    [Fact]
    public void A_failure_in_the_middle_stays_one()
    {
        using X25519Identity identity = X25519Identity.Generate();
        byte[] file = AgeBytes.Seal(new byte[100_000], identity.Recipient);
        using Stream opened = AgeFile.Open(new MemoryStream(file[..^1]), [identity]);
        byte[] buffer = new byte[65536];
        opened.ReadExactly(buffer);
        Assert.Equal(AgeFailure.Payload, Assert.Throws<AgeException>(() => opened.Read(buffer, 0, 1)).Failure);
        Assert.Equal(AgeFailure.Payload, Assert.Throws<AgeException>(() => opened.Read(buffer, 0, 1)).Failure);
    }

    [Fact]
    public void A_reader_that_was_disposed_of_gives_no_end()
    {
        using X25519Identity identity = X25519Identity.Generate();
        Stream opened = AgeFile.Open(new MemoryStream(AgeBytes.Seal("some text"u8, identity.Recipient)), [identity]);
        opened.Dispose();
        Assert.Throws<ObjectDisposedException>(() => opened.Read(new byte[1], 0, 1));
    }

    [Fact]
    public void A_header_is_read_no_further_than_its_limits()
    {
        using X25519Identity identity = X25519Identity.Generate();
        byte[] file = AgeBytes.Seal([], [.. Enumerable.Repeat(identity.Recipient, 3)]);
        int header = file.AsSpan().IndexOf("\n--- "u8) + 1 + 4 + 43 + 1;
        void Open(AgeLimits limits) => AgeFile.Open(new MemoryStream(file), [identity], limits: limits).Dispose();
        void Fails(AgeLimits limits) => Assert.Equal(AgeFailure.Header, Assert.Throws<AgeException>(() => Open(limits)).Failure);
        Open(new AgeLimits { Stanzas = 3, HeaderBytes = header });
        Fails(new AgeLimits { Stanzas = 2 });
        Fails(new AgeLimits { HeaderBytes = header - 1 });

        // An endless line of an endless file.
        using var endless = new OneByteStream(Encoding.ASCII.GetBytes("age-encryption.org/v1\n-> a"), isEndless: true);
        Assert.Equal(AgeFailure.Header, Assert.Throws<AgeException>(() => AgeFile.Open(endless, [identity])).Failure);
        using var armor = new OneByteStream([], isEndless: true);
        Assert.Equal(AgeFailure.Armor, Assert.Throws<AgeException>(() => AgeFile.Open(armor, [identity], armored: true)).Failure);
    }

    [Fact]
    public void A_work_factor_above_the_limit_is_refused_whoever_opens()
    {
        using X25519Identity identity = X25519Identity.Generate();
        using var passphrase = new ScryptRecipient("secret", 11);
        byte[] file = AgeBytes.Seal([], passphrase);
        using var same = new ScryptIdentity("secret");
        using var other = new ScryptIdentity("Secret");
        Assert.Empty(AgeBytes.Open(file, same));
        Assert.Equal(AgeFailure.NoMatch, AgeBytes.FailureOf(file, other, identity));
        Assert.Equal(AgeFailure.Header, Assert.Throws<AgeException>(() => AgeFile.Open(new MemoryStream(file), [identity], limits: new AgeLimits { WorkFactor = 10 })).Failure);
    }

    [Fact]
    public void Mistyped_keys_are_refused_without_repeating_them()
    {
        using HybridIdentity hybrid = HybridIdentity.Generate();
        using X25519Identity x25519 = X25519Identity.Generate();
        foreach (string text in new[] { hybrid.Recipient.ToString(), x25519.Recipient.ToString() })
        {
            AgeRecipient.Parse(text.ToUpperInvariant());
            StationAssert.Fails(StationFault.InvalidKey, () => AgeRecipient.Parse(text[..^1] + (text[^1] == 'q' ? 'p' : 'q')));
            StationAssert.Fails(StationFault.InvalidKey, () => AgeRecipient.Parse(text[..^1]));
            StationAssert.Fails(StationFault.InvalidKey, () => AgeRecipient.Parse(text[..^1] + char.ToUpperInvariant(text[^1]) + 'A'));
        }

        string secret = x25519.ExportText();
        StationException refused = Assert.Throws<StationException>(() => AgeIdentity.Parse(secret[..^2]));
        Assert.DoesNotContain(secret[20..40], refused.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(secret[20..40], x25519.ToString(), StringComparison.OrdinalIgnoreCase);
        StationAssert.Fails(StationFault.InvalidKey, () => AgeRecipient.Parse(secret));
        StationAssert.Fails(StationFault.InvalidKey, () => AgeRecipient.Parse(""));
    }

    [Fact]
    public void Small_RSA_keys_and_points_of_small_order_are_refused()
    {
        using RSA small = RSA.Create(1024), publicOnly = RSA.Create(2048), publicHalf = RSA.Create(publicOnly.ExportParameters(false));
        StationAssert.Fails(StationFault.InvalidKey, () => _ = new SshRsaRecipient(small));
        StationAssert.Fails(StationFault.InvalidKey, () => new SshRsaIdentity(publicHalf).Dispose());
        StationAssert.Fails(StationFault.InvalidKey, () => _ = new SshEd25519Recipient(new byte[32]));
        StationAssert.Fails(StationFault.InvalidKey, () => AgeBytes.Seal([], new X25519Recipient(new byte[32])));
        using HybridIdentity identity = HybridIdentity.Generate();
        byte[] key = identity.Recipient.PublicKey.ToArray();
        key.AsSpan(0, 3).Fill(0xff);
        StationAssert.Fails(StationFault.InvalidKey, () => _ = new HybridRecipient(key));
    }
}
