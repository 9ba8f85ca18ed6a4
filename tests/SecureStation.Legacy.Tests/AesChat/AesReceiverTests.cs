using System.Text;
using SecureStation.Legacy.AesChat;

namespace SecureStation.Legacy.Tests.AesChat;

/// <summary>What a stream without message ends still tells, and what it does not.</summary>
public sealed class AesReceiverTests : IDisposable
{
    private readonly CbcChain _peer = new("1234567887654321"u8);
    private readonly CbcChain _own = new("1234567887654321"u8);
    private readonly AesReceiver _receiver;

    public AesReceiverTests() => _receiver = new AesReceiver(_own);

    public void Dispose()
    {
        _peer.Dispose();
        _own.Dispose();
    }

    [Fact]
    public void Messages_that_ran_together_are_told_apart()
    {
        _receiver.Add([.. Wire("one"), .. Wire("exactly sixteen!"), .. Wire(""), .. Wire("quit")]);
        Assert.Equal(["one", "exactly sixteen!", "", "quit"], ReadAll());
        Assert.False(_receiver.IsIncomplete);
    }

    [Fact]
    public void A_cut_message_is_waited_for_wherever_it_is_cut()
    {
        byte[] wire = Wire("a message that is longer than two blocks, with its end");
        for (int cut = 1; cut < wire.Length; cut++)
        {
            var own = new CbcChain("1234567887654321"u8);
            var receiver = new AesReceiver(own);
            receiver.Add(wire.AsSpan(0, cut));
            Assert.False(receiver.TryRead(isSilent: false, out _));
            receiver.Add(wire.AsSpan(cut));
            Assert.True(receiver.TryRead(isSilent: false, out AesReceived received));
            Assert.Equal("a message that is longer than two blocks, with its end", Encoding.UTF8.GetString(received.Text));
        }
    }

    [Fact]
    public void A_broadcast_is_name_and_text()
    {
        foreach ((string name, string text) in (ValueTuple<string, string>[])[("Bob", "hello everybody"), ("Bob", "exactly sixteen!"), ("exactly sixteen!", "exactly sixteen!"), ("Łukasz", "cześć")])
        {
            _receiver.Add(Encoding.UTF8.GetBytes(name));
            _receiver.Add(Encoding.UTF8.GetBytes(text));
            Assert.True(_receiver.TryRead(isSilent: name.Length + text.Length < 16, out AesReceived received));
            Assert.True(received.IsClear);
            Assert.Equal(name, Encoding.UTF8.GetString(received.Name!));
            Assert.Equal(text, Encoding.UTF8.GetString(received.Text));
        }

        // The chain is as it was: an old client's would be spoilt.
        _receiver.Add(Wire("from the server"));
        Assert.Equal(["from the server"], ReadAll());
    }

    [Fact]
    public void A_broadcast_that_ran_together_has_no_name()
    {
        _receiver.Add("Bobhello everybody"u8);
        Assert.False(_receiver.TryRead(isSilent: false, out _));
        Assert.True(_receiver.TryRead(isSilent: true, out AesReceived received));
        Assert.Null(received.Name);
        Assert.Equal("Bobhello everybody", Encoding.UTF8.GetString(received.Text));
    }

    [Fact]
    public void A_broadcast_and_a_message_that_ran_together_are_told_apart()
    {
        _receiver.Add("Bob"u8);
        _receiver.Add([.. "hi all"u8, .. Wire("to you alone")]);
        Assert.True(_receiver.TryRead(isSilent: false, out AesReceived broadcast));
        Assert.Equal("hi all", Encoding.UTF8.GetString(broadcast.Text));
        Assert.Equal(["to you alone"], ReadAll());
    }

    [Fact]
    public void Crossing_messages_are_read_whole_for_as_long_as_both_go_on()
    {
        // Each side sends before it reads, again and again.
        var receiverOfPeer = new AesReceiver(_peer);
        for (int i = 0; i < 20; i++)
        {
            byte[] fromPeer = _peer.Encrypt(BacktickPadding.Pad(Encoding.ASCII.GetBytes($"peer {i}")));
            byte[] fromOwn = _own.Encrypt(BacktickPadding.Pad(Encoding.ASCII.GetBytes($"own {i}")));
            _receiver.Add(fromPeer);
            receiverOfPeer.Add(fromOwn);
            Assert.Equal([$"peer {i}"], ReadAll());
            Assert.True(receiverOfPeer.TryRead(isSilent: false, out AesReceived received));
            Assert.Equal($"own {i}", Encoding.ASCII.GetString(received.Text));
        }
    }

    [Fact]
    public void Text_in_another_encoding_arrives_as_it_is()
    {
        byte[] latin1 = Encoding.Latin1.GetBytes("café à la crème");
        _receiver.Add(_peer.Encrypt(BacktickPadding.Pad(latin1)));
        Assert.True(_receiver.TryRead(isSilent: false, out AesReceived received));
        Assert.Equal(latin1, received.Text);
    }

    [Fact]
    public void After_unknown_ciphertext_the_chain_heals_with_the_second_message()
    {
        _peer.Encrypt(BacktickPadding.Pad("this one was lost on the way to us"u8));
        byte[] first = Wire("first, longer than a block");
        _receiver.Add(first);
        Assert.True(_receiver.TryRead(isSilent: false, out AesReceived garbled));
        Assert.EndsWith("an a block", Encoding.Latin1.GetString(garbled.Text), StringComparison.Ordinal);
        _receiver.Add(Wire("second"));
        Assert.Equal(["second"], ReadAll());
    }

    [Fact]
    public void More_than1024_bytes_are_several_texts()
    {
        string text = new('a', 1500);
        _receiver.Add(Wire(text));
        List<string> texts = ReadAll();
        Assert.Equal([1024, 476], texts.Select(static t => t.Length));
    }

    private byte[] Wire(string text) => _peer.Encrypt(BacktickPadding.Pad(Encoding.UTF8.GetBytes(text)));

    private List<string> ReadAll()
    {
        var texts = new List<string>();
        while (_receiver.TryRead(isSilent: false, out AesReceived received))
        {
            texts.Add(Encoding.UTF8.GetString(received.Text));
        }

        return texts;
    }
}
