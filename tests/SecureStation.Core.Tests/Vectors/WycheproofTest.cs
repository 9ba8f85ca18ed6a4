using System.Text.Json;

namespace SecureStation.Core.Tests.Vectors;

/// <summary>A test of a file in Wycheproof's form. What it wants is said by <see cref="Result"/>.</summary>
/// <param name="Algorithm">The file's.</param>
/// <param name="Group">The test's group, which has what several tests share.</param>
/// <param name="Test">The test.</param>
internal sealed record WycheproofTest(string Algorithm, JsonElement Group, JsonElement Test)
{
    /// <summary>The outcome of a test whose value came out exactly.</summary>
    public const string Agrees = "agree";

    /// <summary>The outcome of a test that was refused, as wanted.</summary>
    public const string Refused = "refused";

    /// <summary>The outcome of a good test of something that the project does not take, and so has to refuse.</summary>
    public const string NotTaken = "of a kind that is not taken, refused";

    /// <summary>valid, invalid or acceptable.</summary>
    public string Result => Test.GetProperty("result").GetString()!;

    public bool IsValid => Result == "valid";

    public bool HasFlag(string flag) => Test.TryGetProperty("flags", out JsonElement flags) && flags.EnumerateArray().Any(element => element.GetString() == flag);

    public byte[] Bytes(string name) => Convert.FromHexString(Text(name));

    public string Text(string name) => Find(name).GetString()!;

    public int Number(string name) => Find(name).GetInt32();

    /// <summary>Asserts that code took the test exactly if it is valid: what is only acceptable is not taken.</summary>
    public string Expect(bool isTaken)
    {
        Assert.True(isTaken == IsValid, isTaken ? "accepted" : "refused");
        return isTaken ? Agrees : Refused;
    }

    /// <summary>Asserts that code refused the test, whatever its result.</summary>
    public string ExpectRefused(bool isTaken)
    {
        Assert.False(isTaken, "accepted");
        return IsValid ? NotTaken : Refused;
    }

    private JsonElement Find(string name) => Test.TryGetProperty(name, out JsonElement value) ? value : Group.GetProperty(name);
}
