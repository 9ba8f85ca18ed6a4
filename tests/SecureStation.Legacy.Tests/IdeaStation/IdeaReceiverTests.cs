using System.Text;
using SecureStation.Legacy.IdeaStation;

namespace SecureStation.Legacy.Tests.IdeaStation;

/// <summary>What a stream without message ends still tells, and what it does not.</summary>
public class IdeaReceiverTests
{
    private static readonly byte[] s_key = "c4e2b42df7be5651"u8.ToArray();

    [Fact]
    public void Half_a_byte_waits_for_its_other_half()
    {
        using IdeaReceiver receiver = Create(isFromClient: true);
        string wire = Wire("Alice : hello");
        Assert.Equal(["hel"], Read(receiver, wire[..^3]));
        Assert.True(receiver.IsIncomplete);
        Assert.Equal(["lo"], Read(receiver, wire[^3..]));
        Assert.False(receiver.IsIncomplete);
    }

    [Fact]
    public void A_continuation_is_readable_wherever_it_is_cut()
    {
        string text = "Alice : a message that is much longer than sixteen bytes";
        string wire = Wire(text);
        for (int cut = 1; cut < wire.Length; cut++)
        {
            using IdeaReceiver receiver = Create(isFromClient: true);
            List<string> texts = [.. Read(receiver, wire[..cut]), .. Read(receiver, wire[cut..])];
            Assert.Equal(text["Alice : ".Length..], string.Concat(texts));
            Assert.Equal("Alice", receiver.ClientName);
        }
    }

    [Fact]
    public void A_client_without_a_name_is_waited_for_once()
    {
        using IdeaReceiver receiver = Create(isFromClient: true);
        Assert.Empty(Read(receiver, Wire("hello")));
        Assert.True(receiver.IsIncomplete);
        Assert.Equal("hello", Encoding.UTF8.GetString(Assert.Single(receiver.ReadBeginning())));
        Assert.False(receiver.IsIncomplete);
        Assert.Equal(["again"], Read(receiver, Wire("again")));
        Assert.Null(receiver.ClientName);
    }

    [Fact]
    public void A_known_clients_messages_that_ran_together_are_told_apart()
    {
        using IdeaReceiver receiver = Create(isFromClient: true);
        Assert.Equal(["one", "two, and more of it", ""], Read(receiver, Wire("Alice : one") + Wire("Alice : two, and more of it") + Wire("Alice : ")));
        Assert.Equal("Alice", receiver.ClientName);
        Assert.Equal(["three"], Read(receiver, Wire("Alice : three")));
    }

    [Fact]
    public void A_servers_messages_that_ran_together_are_one_with_an_unreadable_end()
    {
        using IdeaReceiver receiver = Create(isFromClient: false);
        string text = Assert.Single(Read(receiver, Wire("one") + Wire("two")));
        Assert.StartsWith("one", text, StringComparison.Ordinal);
        Assert.NotEqual("onetwo", text);
        Assert.Equal(["three"], Read(receiver, Wire("three")));
    }

    [Fact]
    public void More_than512_bytes_are_several_texts()
    {
        using IdeaReceiver receiver = Create(isFromClient: false);
        string text = new string('a', 512) + new string('b', 100);
        Assert.Equal([text[..512], text[512..]], Read(receiver, Wire(text)));
    }

    [Fact]
    public void Takes_both_cases_and_nothing_else()
    {
        using IdeaReceiver receiver = Create(isFromClient: false);
        Assert.Equal(["hello"], Read(receiver, Wire("hello").ToLowerInvariant()));
        Assert.Throws<FormatException>(() => Read(receiver, "not hex!"));
        Assert.Throws<FormatException>(() => Read(receiver, "g"));
    }

    private static IdeaReceiver Create(bool isFromClient) => new(new IdeaKeystream(s_key), isFromClient);

    private static string Wire(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        using var stream = new IdeaKeystream(s_key);
        stream.Apply(bytes);
        return Convert.ToHexString(bytes);
    }

    private static List<string> Read(IdeaReceiver receiver, string wire) => [.. receiver.Read(Encoding.ASCII.GetBytes(wire)).Select(Encoding.UTF8.GetString)];
}
