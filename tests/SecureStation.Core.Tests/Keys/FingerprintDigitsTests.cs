using SecureStation.Core.Keys;

namespace SecureStation.Core.Tests.Keys;

/// <summary>The examples of docs/protocol/fingerprint-digits.md, which were computed with Python's hashlib.</summary>
public sealed class FingerprintDigitsTests
{
    private static readonly Fingerprint s_rising = Fingerprint.FromHash([.. Enumerable.Range(0, 32).Select(static i => (byte)i)]);
    private static readonly Fingerprint s_ones = Fingerprint.FromHash([.. Enumerable.Repeat((byte)0xFF, 32)]);

    [Fact]
    public void Digits_are_those_that_are_written_down()
    {
        Assert.Equal("97001 94153 22668 98902 77973 30220 07793 18822 71402 37750 07975 15950", FingerprintDigits.Of(s_rising));
        Assert.Equal("29775 16806 47448 65368 52131 25520 57152 68342 64101 42596 77064 59395", FingerprintDigits.Of(s_ones));
    }

    [Fact]
    public void Digits_of_two_are_the_same_in_either_order()
    {
        const string Both = "94409 98052 51975 39731 50093 92543 01399 78816 87602 30199 04806 97022";
        Assert.Equal(Both, FingerprintDigits.Of(s_rising, s_ones));
        Assert.Equal(Both, FingerprintDigits.Of(s_ones, s_rising));
    }

    [Fact]
    public void The_page_has_the_same_examples()
    {
        string page = File.ReadAllText(Path.Combine(SharedFolder.RepositoryRoot(), "docs", "protocol", "fingerprint-digits.md"));
        Assert.Contains(FingerprintDigits.Of(s_rising), page, StringComparison.Ordinal);
        Assert.Contains(FingerprintDigits.Of(s_ones), page, StringComparison.Ordinal);
        Assert.Contains(FingerprintDigits.Of(s_rising, s_ones), page, StringComparison.Ordinal);
    }
}
