using SecureStation.Core.Age;

namespace SecureStation.Core.Tests.Age;

/// <summary>Seals and opens files that fit in memory.</summary>
internal static class AgeBytes
{
    public static byte[] Seal(ReadOnlySpan<byte> plaintext, params AgeRecipient[] recipients) => Seal(plaintext, armored: false, recipients);

    public static byte[] Seal(ReadOnlySpan<byte> plaintext, bool armored, params AgeRecipient[] recipients)
    {
        using var file = new MemoryStream();
        using AgeWriter writer = AgeFile.Seal(file, recipients, armored);
        writer.Write(plaintext);
        writer.Complete();
        return file.ToArray();
    }

    public static byte[] Open(byte[] file, params AgeIdentity[] identities)
    {
        using var given = new MemoryStream();
        using Stream plaintext = AgeFile.Open(new MemoryStream(file), identities, Armor.IsMeant(file));
        plaintext.CopyTo(given);
        return given.ToArray();
    }

    /// <summary>Opens a file that must fail.</summary>
    public static AgeFailure FailureOf(byte[] file, params AgeIdentity[] identities) => Assert.Throws<AgeException>(() => Open(file, identities)).Failure;
}
