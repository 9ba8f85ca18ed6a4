using System.Buffers.Binary;
using SecureStation.Core.Transfers;

namespace SecureStation.Core.Tests.Transfers;

public class TransferMessagesTests
{
    private static readonly TransferOffer s_offer = new(TransferId.Create(), ["logs", "папка", "a.txt"], 5_000_000_000)
    {
        Modified = 17_000_000_000_000_123,
        Created = -5,
        Mode = 0x1A4,
    };

    [Fact]
    public void An_offer_is_read_as_it_was_written()
    {
        var read = TransferOffer.Read(s_offer.Encode());
        Assert.Equal(s_offer.Parts, read.Parts);
        Assert.Equal(s_offer with { Parts = read.Parts }, read);
        Assert.Equal(4769, read.Leaves);
    }

    [Fact]
    public void An_offer_that_is_cut_off_anywhere_is_refused()
    {
        byte[] body = s_offer.Encode();
        for (int length = 16; length < body.Length; length++)
        {
            StationAssert.Fails(StationFault.TransferBroken, () => TransferOffer.Read(body.AsSpan(0, length)));
        }

        StationAssert.Fails(StationFault.TransferBroken, () => TransferOffer.Read([.. body, 0]));
    }

    [Theory]
    [InlineData(16, 0)] // another leaf
    [InlineData(20, 0xFF)] // a negative length
    [InlineData(46, 2)] // another type
    [InlineData(46, 1)] // a folder with a length
    public void An_offer_of_what_there_is_not_is_refused(int at, byte value)
    {
        byte[] body = s_offer.Encode();
        body[at] = value;
        if (at == 16)
        {
            body[17] = 1;
        }

        StationAssert.Fails(StationFault.TransferBroken, () => TransferOffer.Read(body));
    }

    [Fact]
    public void A_name_bomb_is_refused_before_it_is_read()
    {
        byte[] many = (s_offer with { Parts = ["a"] }).Encode();
        many[47] = 255;
        StationAssert.Fails(StationFault.UnsafeName, () => TransferOffer.Read(many));
        many[47] = 0;
        StationAssert.Fails(StationFault.UnsafeName, () => TransferOffer.Read(many));
        byte[] large = new byte[64 * 1024];
        (s_offer with { Parts = ["a"] }).Encode().CopyTo(large, 0);
        StationAssert.Fails(StationFault.UnsafeName, () => TransferOffer.Read(large));
        StationAssert.Fails(StationFault.UnsafeName, () => (s_offer with { Parts = [.. Enumerable.Repeat("a", 101)] }).Encode());
        StationAssert.Fails(StationFault.UnsafeName, () => (s_offer with { Parts = [.. Enumerable.Repeat(new string('a', 250), 17)] }).Encode());
    }

    [Fact]
    public void A_name_that_is_not_UTF8_is_refused()
    {
        byte[] body = (s_offer with { Parts = ["ab"] }).Encode();
        body[^1] = 0xFF;
        StationAssert.Fails(StationFault.UnsafeName, () => TransferOffer.Read(body));
        StationAssert.Fails(StationFault.UnsafeName, () => (s_offer with { Parts = ["\ud800"] }).Encode());
    }

    [Fact]
    public void An_accept_is_read_as_it_was_written_and_refused_otherwise()
    {
        var accept = new TransferAccept(s_offer.Id, TransferAcceptState.More, 7, new byte[64]);
        var read = TransferAccept.Read(accept.Encode());
        Assert.Equal((accept.Id, accept.State, accept.First, 2), (read.Id, read.State, read.First, read.Count));
        StationAssert.Fails(StationFault.TransferBroken, () => TransferAccept.Read(accept.Encode().AsMemory()[..^1]));
        StationAssert.Fails(StationFault.TransferBroken, () => TransferAccept.Read(new byte[16]));
        StationAssert.Fails(StationFault.TransferBroken, () => TransferAccept.Read(new byte[25 + (8001 * 32)]));
        Assert.Equal(8000, TransferAccept.Read(new byte[25 + (8000 * 32)]).Count);
        byte[] state = accept.Encode();
        state[16] = 3;
        StationAssert.Fails(StationFault.TransferBroken, () => TransferAccept.Read(state));
    }

    [Fact]
    public void Messages_of_other_lengths_are_refused()
    {
        foreach (int length in new[] { 16, 19, 21 })
        {
            StationAssert.Fails(StationFault.TransferBroken, () => TransferMessages.ReadCredit(new byte[length]));
        }

        StationAssert.Fails(StationFault.TransferBroken, () => TransferMessages.ReadData(new byte[24]));
        StationAssert.Fails(StationFault.TransferBroken, () => TransferMessages.ReadData(new byte[24 + (256 * 1024) + 1]));
        Assert.Equal(256 * 1024, TransferMessages.ReadData(new byte[24 + (256 * 1024)]).Bytes.Length);
        StationAssert.Fails(StationFault.TransferBroken, () => TransferMessages.ReadLeaf(new byte[55]));
        StationAssert.Fails(StationFault.TransferBroken, () => TransferMessages.ReadDone(new byte[49]));
        StationAssert.Fails(StationFault.TransferBroken, () => TransferMessages.ReadEnd(new byte[17]));
        StationAssert.Fails(StationFault.TransferBroken, () => TransferMessages.ReadEnd(new byte[16 + 2 + 257]));
    }

    [Fact]
    public void The_text_of_an_end_is_cut_between_characters()
    {
        ReadOnlyMemory<byte> body = TransferMessages.End(s_offer.Id, TransferReason.Broken, new string('я', 200) + "x").Body;
        Assert.Equal(16 + 2 + 256, body.Length);
        Assert.Equal((TransferReason.Broken, new string('я', 128)), TransferMessages.ReadEnd(body.Span));
        body = TransferMessages.End(s_offer.Id, TransferReason.Broken, "x" + new string('я', 200)).Body;
        Assert.Equal((TransferReason.Broken, "x" + new string('я', 127)), TransferMessages.ReadEnd(body.Span));
    }

    [Fact]
    public void Times_of_no_calendar_are_not_known()
    {
        Assert.Null(TransferOffer.FromWire(0));
        Assert.Null(TransferOffer.FromWire(long.MaxValue));
        Assert.Null(TransferOffer.FromWire(long.MinValue));
        var time = new DateTime(2026, 11, 28, 1, 2, 3, DateTimeKind.Utc);
        Assert.Equal(time, TransferOffer.FromWire(TransferOffer.ToWire(time)));
    }

    [Fact]
    public void Every_fault_of_a_receiver_has_a_reason_and_comes_back_as_itself()
    {
        foreach (TransferReason reason in Enum.GetValues<TransferReason>().Except([TransferReason.Ok]))
        {
            Assert.Equal(reason, TransferErrors.ReasonOf(TransferErrors.Of(reason, "why").Fault));
        }

        Assert.Equal(StationFault.TransferBroken, TransferErrors.Of((TransferReason)999, "new").Fault);
    }

    [Fact]
    public void What_a_receiver_says_of_a_failure_has_no_path_in_it()
    {
        var full = new StationException(StationFault.StorageFailed, "'/home/me/in/x' could not be written", new IOException("No space left on device : '/home/me/in/x'", 28));
        Assert.Equal("the disk is full", TransferErrors.TextFor(full));
        var denied = new StationException(StationFault.StorageFailed, "'/home/me/in/x'", new UnauthorizedAccessException("'/home/me/in/x'"));
        Assert.Equal("access is denied", TransferErrors.TextFor(denied));
        Assert.DoesNotContain("/home", TransferErrors.TextFor(new StationException(StationFault.StorageFailed, "/home/x", new IOException("/home/x"))), StringComparison.Ordinal);
    }

    [Fact]
    public void Data_is_laid_out_where_it_was_read_to()
    {
        byte[] body = new byte[24 + 3];
        "abc"u8.CopyTo(body.AsSpan(24));
        Assert.Same(body, TransferMessages.Data(s_offer.Id, 77, body).Body is var memory && System.Runtime.InteropServices.MemoryMarshal.TryGetArray(memory, out ArraySegment<byte> array) ? array.Array : null);
        Assert.Equal(s_offer.Id, TransferId.Read(body));
        Assert.Equal(77, BinaryPrimitives.ReadInt64BigEndian(body.AsSpan(16)));
    }
}
