using System.Security.Cryptography;
using SecureStation.Core.Age;
using SecureStation.Core.Tests.Vectors;

namespace SecureStation.Core.Tests.Age;

/// <summary>Every file of age's test kit: whether it opens, which part fails, and what is given out before.</summary>
public class AgeTestkitTests
{
    // Where a full chunk is not the last although its flag says so, or the other way round, the reference tries both flags and gives out one
    // chunk more than a reader that looks ahead. It fails the same way afterwards.
    private static readonly string[] s_givesLess =
    [
        "armor_garbage_encoded",
        "stream_no_final_full",
        "stream_no_final_two_chunks_full",
        "stream_trailing_garbage_long",
        "stream_trailing_garbage_short",
        "stream_two_final_chunks",
        "stream_two_final_chunks_full",
        "stream_two_final_chunks_second",
    ];

    public static TheoryData<string> Names
    {
        get
        {
            string[] names = [.. VectorSet.Age.Files().Select(static path => Path.GetFileName(path))];
            return [.. names.Length > 0 ? names : [""]];
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_file_comes_out_as_wanted(string name)
    {
        Assert.SkipWhen(name.Length == 0, VectorSet.Age.IsMissing);
        AgeTestFile test = AgeTestFile.Read(VectorSet.Age.Files().Single(path => Path.GetFileName(path) == name));
        AgeIdentity[] identities =
        [
            .. test.Values["identity"].Select(AgeIdentity.Parse),
            .. test.Values["passphrase"].Select(static passphrase => new ScryptIdentity(passphrase)),
        ];

        using var given = new MemoryStream();
        string outcome = Open(test, identities, given);
        Array.ForEach(identities, static identity => identity.Dispose());

        Assert.Equal(test.Expect, outcome);
        if (test.Values["payload"].SingleOrDefault() is { } payload && !(outcome != "success" && s_givesLess.Contains(name)))
        {
            Assert.Equal(payload, Convert.ToHexStringLower(SHA256.HashData(given.ToArray())));
        }
    }

    private static string Open(AgeTestFile test, AgeIdentity[] identities, MemoryStream given)
    {
        try
        {
            using Stream plaintext = AgeFile.Open(new MemoryStream(test.File), identities, test.IsArmored);
            plaintext.CopyTo(given);
            return "success";
        }
        catch (AgeException e)
        {
            return e.Failure switch
            {
                AgeFailure.Armor => "armor failure",
                AgeFailure.Header => "header failure",
                AgeFailure.NoMatch => "no match",
                AgeFailure.Hmac => "HMAC failure",
                _ => "payload failure",
            };
        }
    }
}
