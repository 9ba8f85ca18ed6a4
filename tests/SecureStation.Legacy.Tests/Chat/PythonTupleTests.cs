using System.Text;
using System.Text.Json;
using SecureStation.Legacy.Chat;

namespace SecureStation.Legacy.Tests.Chat;

public class PythonTupleTests
{
    [Fact]
    public void Writes_and_reads_what_python2_writes()
    {
        foreach (JsonElement c in ChatVectors.Root.GetProperty("python2_tuple").EnumerateArray())
        {
            byte[] value = c.Hex("hex");
            Assert.Equal(c.Text("text"), Encoding.ASCII.GetString(PythonTuple.Write(value)));
            Assert.Equal(value, Read(c.Text("text")));
        }
    }

    [Fact]
    public void Reads_of_what_python2_evaluates_the_tuples_of_one_byte_string()
    {
        int read = 0;
        foreach (JsonElement c in ChatVectors.Root.GetProperty("python2_eval").EnumerateArray())
        {
            string text = c.Text("text");
            bool isOne = c.TryGetProperty("items", out JsonElement items) && items.GetArrayLength() == 1 && !items[0].GetString()!.StartsWith('u');
            if (isOne)
            {
                Assert.Equal(Convert.FromHexString(items[0].GetString()!), Read(text));
                read++;
            }
            else if (c.TryGetProperty("error", out _))
            {
                Assert.False(PythonTuple.TryRead(Encoding.ASCII.GetBytes(text), out _, out _));
            }
            else
            {
                Assert.Throws<FormatException>(() => Read(text));
            }
        }

        Assert.True(read >= 6);
    }

    [Theory]
    [InlineData("( 'a' , )", "a")]
    [InlineData("(\t\"it's\",)", "it's")]
    [InlineData("('''a'b''c''',)", "a'b''c")]
    [InlineData("(\"\"\"a\nb\"\"\",)", "a\nb")]
    [InlineData("('''''',)", "")]
    [InlineData("(\"\",)", "")]
    [InlineData(@"('\\\'\""\a\b\f\n\r\t\v\0\12\1234\x41',)", "\\'\"\a\b\f\n\r\t\v\0\n" + "S4A")]
    [InlineData(@"('\q\8',)", @"\q\8")]
    [InlineData("('a\\\nb',)", "ab")]
    [InlineData(@"(br'\x41\'',)", @"\x41\'")]
    [InlineData(@"(R'\n',)", @"\n")]
    [InlineData("('a'\r\n,\n)", "a")]
    public void Reads_every_form_of_a_literal(string text, string expected) => Assert.Equal(expected, Encoding.ASCII.GetString(Read(text)));

    [Theory]
    [InlineData("[")]
    [InlineData("(u'a',)")]
    [InlineData("(ur'a',)")]
    [InlineData("(rr'a',)")]
    [InlineData("(rb'a',)")]
    [InlineData("(1,)")]
    [InlineData("('a')")]
    [InlineData("('a' 'b',)")]
    [InlineData("('a','b')")]
    [InlineData("('a',,)")]
    [InlineData("('\\xg0',)")]
    [InlineData("('\\x4',)")]
    [InlineData("('a\nb',)")]
    [InlineData("('\u00e9',)")]
    [InlineData("('\0',)")]
    [InlineData("(__import__('os').system('id'),)")]
    [InlineData("'a'")]
    public void Refuses_everything_else(string text) =>
        Assert.Throws<FormatException>(() => PythonTuple.TryRead(Encoding.Latin1.GetBytes(text), out _, out _));

    [Fact]
    public void Waits_for_more_at_every_cut()
    {
        foreach (string whole in (string[])["('a\\x41\\101\\\\\\'b',)", "(br\"\"\"x\"y\"\"\",)", "( '' , )"])
        {
            for (int length = 0; length < whole.Length; length++)
            {
                Assert.False(PythonTuple.TryRead(Encoding.ASCII.GetBytes(whole[..length]), out _, out _), whole[..length]);
            }

            Assert.True(PythonTuple.TryRead(Encoding.ASCII.GetBytes(whole + ":rest"), out _, out int end));
            Assert.Equal(whole.Length, end);
        }
    }

    [Fact]
    public void Reads_back_every_byte_and_length()
    {
        var random = new Random(5);
        for (int length = 0; length < 300; length++)
        {
            byte[] value = new byte[length];
            random.NextBytes(value);
            byte[] text = PythonTuple.Write(value);
            Assert.True(PythonTuple.TryRead(text, out byte[] read, out int end));
            Assert.Equal(value, read);
            Assert.Equal(text.Length, end);
            Assert.True(text.Length <= (4 * length) + 5);
        }
    }

    private static byte[] Read(string text)
    {
        Assert.True(PythonTuple.TryRead(Encoding.ASCII.GetBytes(text), out byte[] value, out int length), text);
        Assert.Equal(text.Length, length);
        return value;
    }
}
