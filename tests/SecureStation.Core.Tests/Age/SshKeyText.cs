using System.Buffers.Binary;
using System.Security.Cryptography;
using SecureStation.Core.Age;

namespace SecureStation.Core.Tests.Age;

/// <summary>As much of OpenSSH's key files as these tests need: lines of public keys, and private keys that are not encrypted.</summary>
internal static class SshKeyText
{
    /// <summary>The recipient of a line <c>ssh-… AAAA…</c>.</summary>
    public static AgeRecipient ParseRecipient(string line)
    {
        var wire = new Reader(Convert.FromBase64String(line.Trim().Split(' ')[1]));
        if (wire.NextText() == "ssh-ed25519")
        {
            return new SshEd25519Recipient(wire.Next());
        }

        byte[] exponent = wire.NextNumber(), modulus = wire.NextNumber();
        return new SshRsaRecipient(RSA.Create(new RSAParameters { Exponent = exponent, Modulus = modulus }));
    }

    /// <summary>The RSA key of a file in PKCS#1 or in OpenSSH's form.</summary>
    public static RSA ParseRsaPrivateKey(string pem)
    {
        if (!pem.Contains("OPENSSH", StringComparison.Ordinal))
        {
            var key = RSA.Create();
            key.ImportFromPem(pem);
            return key;
        }

        Reader secret = PrivatePart(pem);
        byte[] n = secret.NextNumber(), e = secret.NextNumber(), d = secret.NextNumber();
        secret.Next();
        byte[] p = secret.NextNumber(), q = secret.NextNumber();
        return RSA.Create(RsaParts.Complete(n, e, d, p, q));
    }

    /// <summary>The seed of an Ed25519 key in OpenSSH's form.</summary>
    public static byte[] ParseEd25519Seed(string pem)
    {
        Reader secret = PrivatePart(pem);
        secret.Next();
        return secret.Next()[..32];
    }

    // What follows the type in the private part (PROTOCOL.key of OpenSSH).
    private static Reader PrivatePart(string pem)
    {
        string text = string.Concat(pem.Split('\n').Where(static line => !line.StartsWith('-')));
        var file = new Reader(Convert.FromBase64String(text)["openssh-key-v1\0".Length..]);
        Assert.Equal("none", file.NextText());
        file.Next();
        file.Next();
        file.Skip(4);
        file.Next();
        var secret = new Reader(file.Next());
        secret.Skip(8);
        secret.Next();
        return secret;
    }

    private sealed class Reader(byte[] bytes)
    {
        private int _position;

        public void Skip(int count) => _position += count;

        public byte[] Next()
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(_position));
            byte[] value = bytes[(_position + 4)..(_position + 4 + length)];
            _position += 4 + length;
            return value;
        }

        public string NextText() => System.Text.Encoding.ASCII.GetString(Next());

        public byte[] NextNumber() => Next().AsSpan().TrimStart((byte)0).ToArray();
    }
}
