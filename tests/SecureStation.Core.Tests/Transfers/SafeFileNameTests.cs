using SecureStation.Core.Transfers;

namespace SecureStation.Core.Tests.Transfers;

public class SafeFileNameTests
{
    [Theory]
    [InlineData("a.txt")]
    [InlineData(".profile")]
    [InlineData("no extension")]
    [InlineData("отчёт 2026.pdf")]
    [InlineData("報告書.docx")]
    [InlineData("تقرير.txt")]
    [InlineData("नमस्ते")]
    [InlineData("می‌خواهم.txt")]
    [InlineData("👩‍👩‍👧 family 😀.jpg")]
    [InlineData("-rf")]
    [InlineData("$(id) `id` ; & '")]
    [InlineData("...a")]
    [InlineData("console.txt")]
    [InlineData("com10")]
    [InlineData("nullable.cs")]
    public void Names_in_any_script_stay_as_they_are(string name) => Assert.Equal(name, SafeFileName.Of(name));

    [Theory]
    [InlineData("")]
    public void An_empty_name_is_refused(string name) => Refuse(name);

    [Theory]
    [InlineData(".")]
    [InlineData("..")]
    public void The_folder_itself_and_the_one_above_are_refused(string name) => Refuse(name);

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("a/b")]
    [InlineData("../x")]
    [InlineData("..\\x")]
    [InlineData("C:\\x")]
    [InlineData("\\\\server\\share")]
    [InlineData("/")]
    public void Paths_are_refused(string name) => Refuse(name);

    [Theory]
    [InlineData("a\0b")]
    [InlineData("a\nb")]
    [InlineData("a\u001b[2Jb")]
    [InlineData("a\u0085b")]
    [InlineData("a\u2028b")]
    [InlineData("a\ud800b")]
    [InlineData("a\ufffdb")]
    public void Control_characters_and_broken_text_are_refused(string name) => Refuse(name);

    [Fact]
    public void A_name_longer_than_file_systems_take_is_refused()
    {
        Assert.Equal(255, SafeFileName.Of(new string('a', 255)).Length);
        Refuse(new string('a', 256));
        Refuse(new string('я', 128));
    }

    [Theory]
    [InlineData("C:", "C_")]
    [InlineData("C:x", "C_x")]
    [InlineData("a.txt:stream", "a.txt_stream")]
    [InlineData("a.txt::$DATA", "a.txt__$DATA")]
    public void Drives_and_alternate_streams_are_made_safe(string name, string safe) => Assert.Equal(safe, SafeFileName.Of(name));

    [Theory]
    [InlineData("a?.txt", "a_.txt")]
    [InlineData("<a>|\"*\".txt", "_a_____.txt")]
    public void What_Windows_does_not_take_is_made_safe(string name, string safe) => Assert.Equal(safe, SafeFileName.Of(name));

    [Theory]
    [InlineData("CON", "_CON")]
    [InlineData("nul", "_nul")]
    [InlineData("NUL.txt", "_NUL.txt")]
    [InlineData("Aux .log", "_Aux .log")]
    [InlineData("COM1", "_COM1")]
    [InlineData("lpt9.tar.gz", "_lpt9.tar.gz")]
    [InlineData("COM¹", "_COM¹")]
    [InlineData("conin$", "_conin$")]
    [InlineData("CONOUT$.a", "_CONOUT$.a")]
    [InlineData("NUL:", "NUL_")]
    public void Devices_are_made_safe(string name, string safe) => Assert.Equal(safe, SafeFileName.Of(name));

    [Theory]
    [InlineData("a.", "a_")]
    [InlineData("a ", "a_")]
    [InlineData("a. .", "a___")]
    [InlineData("...", "___")]
    [InlineData(" ", "_")]
    [InlineData("CON.", "CON_")]
    [InlineData("a\u00a0", "a_")]
    public void Trailing_dots_and_blanks_are_made_safe(string name, string safe) => Assert.Equal(safe, SafeFileName.Of(name));

    [Theory]
    [InlineData("photo\u202egnp.exe", "photo_gnp.exe")]
    [InlineData("\u2066a\u2069", "_a_")]
    [InlineData("\ufeffa", "_a")]
    public void What_turns_text_around_is_made_safe(string name, string safe) => Assert.Equal(safe, SafeFileName.Of(name));

    [Fact]
    public void The_unfinished_file_of_a_transfer_cannot_be_named()
    {
        string part = PartName.Of("SHA256:x", new TransferOffer(TransferId.Create(), ["a"], 1));
        Assert.Equal("_" + part, SafeFileName.Of(part));
        Assert.Equal("_" + part.ToUpperInvariant(), SafeFileName.Of(part.ToUpperInvariant()));
    }

    private static void Refuse(string name)
    {
        StationException e = StationAssert.Fails(StationFault.UnsafeName, () => SafeFileName.Of(name));
        Assert.DoesNotContain(e.Message, char.IsControl);
    }
}
