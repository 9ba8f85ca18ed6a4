using System.Security.Cryptography;
using SecureStation.Core.Age;
using SecureStation.Core.Keys;
using SecureStation.Core.Storage;

namespace SecureStation.Core.Sealing.Cards;

/// <summary>
/// A file of age identities, as <c>age -i</c> takes it: in clear, or an age file of its own (armored or not), sealed with a passphrase.
/// </summary>
internal static class IdentityFile
{
    /// <summary>
    /// The work factor beside an identity: 32 MiB for each guess. The same passphrase guards the identity's file by PBKDF2, where guesses are cheaper, so that
    /// more would cost users time and an attacker nothing.
    /// </summary>
    public const int StoreWorkFactor = 15;

    /// <summary>The work factor of a file that travels: 256 MiB for each guess, age's own.</summary>
    public const int TravelWorkFactor = 18;

    private const int MaxWorkFactor = 20;

    /// <summary>Reads a file into a buffer that the caller zeroes.</summary>
    /// <exception cref="StationException"><see cref="StationFault.NotFound"/>, <see cref="StationFault.StorageFailed"/>, <see cref="StationFault.InvalidKey"/></exception>
    public static byte[] ReadBounded(string path, int maxLength, FileGuard? guard = null)
    {
        try
        {
            return BoundedFile.Read(path, maxLength, guard) ?? throw KeyErrors.Invalid($"'{path}' is over {maxLength / 1024} KiB: no file of identities.");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new StationException(StationFault.NotFound, $"There is no file '{path}'.", e) { Subject = StationSubject.File };
        }
    }

    /// <summary>Whether it is sealed with a passphrase.</summary>
    public static bool IsSealed(ReadOnlySpan<byte> file) => AgeForm.Of(file) != AgeFormKind.None;

    /// <summary>The text of a file, in a buffer that the caller zeroes.</summary>
    /// <exception cref="StationException"><see cref="StationFault.WrongPassphrase"/>, <see cref="StationFault.InvalidKey"/></exception>
    public static byte[] Open(byte[] file, ReadOnlySpan<char> passphrase)
    {
        if (!IsSealed(file))
        {
            return [.. file];
        }

        if (passphrase.IsEmpty)
        {
            throw new StationException(StationFault.WrongPassphrase, "The sealing keys are encrypted; they need their passphrase.");
        }

        byte[] buffer = new byte[file.Length];
        try
        {
            using var identity = new ScryptIdentity(passphrase, MaxWorkFactor);
            using Stream plaintext = AgeFile.Open(new MemoryStream(file), [identity], AgeForm.Of(file) == AgeFormKind.Armored);
            int length = plaintext.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            return buffer[..length];
        }
        catch (AgeException e)
        {
            throw e.Failure == AgeFailure.NoMatch
                ? new StationException(StationFault.WrongPassphrase, "The passphrase does not open the sealing keys.", e)
                : KeyErrors.Invalid("The file of sealing keys is damaged.", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }

    /// <summary>The file of a text: armored and sealed under a passphrase, or the text where that is empty. The caller zeroes it.</summary>
    public static byte[] Seal(ReadOnlySpan<byte> text, ReadOnlySpan<char> passphrase, int workFactor)
    {
        if (passphrase.IsEmpty)
        {
            return text.ToArray();
        }

        using var recipient = new ScryptRecipient(passphrase, workFactor);
        using var file = new MemoryStream();
        using (AgeWriter writer = AgeFile.Seal(file, [recipient], armored: true))
        {
            writer.Write(text);
            writer.Complete();
        }

        return file.ToArray();
    }
}
