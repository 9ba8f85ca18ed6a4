using SecureStation.Core.Sealing;

namespace SecureStation.Core.Tests.Sealing;

/// <summary>The name of an opened file: what a sender wrote is used only where it is a plain name on every system.</summary>
public sealed class SealedFileNameTests
{
    [Theory]
    [InlineData("big.iso")]
    [InlineData("Bericht über 2026 (neu).pdf")]
    [InlineData(".profile")]
    [InlineData("console.log")]
    [InlineData("日本語.txt")]
    public void A_plain_name_is_taken(string name) => Assert.Equal(name, Of(name));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("../evil")]
    [InlineData("/etc/passwd")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("C:evil")]
    [InlineData("file.txt:stream")]
    [InlineData("NUL")]
    [InlineData("con.txt")]
    [InlineData("COM1")]
    [InlineData("lpt9.log")]
    [InlineData("trailing.")]
    [InlineData("trailing ")]
    [InlineData(" leading")]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    [InlineData("a\u001b[2Jb")]
    [InlineData("exe.\u202Etxt")]
    [InlineData("a*b")]
    [InlineData("a?b")]
    public void Any_other_is_refused(string name) => StationAssert.Fails(StationFault.SealBroken, () => Of(name));

    [Fact]
    public void A_name_that_is_too_long_is_refused() => Any_other_is_refused(new string('a', 201));

    [Theory]
    [InlineData("/x/big.iso.age", "big.iso")]
    [InlineData("/x/big.iso.AGE", "big.iso")]
    [InlineData("/x/big.iso", "big.iso.opened")]
    [InlineData("/x/.age", ".age.opened")]
    public void Without_one_it_is_the_sealed_file_s(string path, string name) => Assert.Equal(name, SealedFileName.WithoutSuffix(path));

    private static string Of(string name) => SealedFileName.Of(
        new SealedHead { Id = new string('0', 32), Recipients = [], Kind = SealedKind.File, SentAt = default, Headers = [new(SealedFileName.Header, name)] }, "/x/y.age");
}
