using SecureStation.Core.Transfers;

namespace SecureStation.Core.Tests.Transfers;

/// <summary>Both pure halves of a transfer, against each other and against what should not be said.</summary>
public class TransferMachinesTests
{
    private const int Leaf = TransferOffer.LeafSize;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Leaf)]
    [InlineData(Leaf + 1)]
    [InlineData(5L * Leaf)]
    [InlineData(100L << 30)]
    public void A_file_of_any_length_goes(long length)
    {
        TransferOffer offer = Offer(length);
        var sending = new SendingTransfer(offer);
        var receiving = new ReceivingTransfer(offer);
        sending.OnAccept(Accept(offer, TransferAcceptState.Last, 0));
        long sent = Play(sending, receiving, credit: 1 << 20);
        Assert.Equal(length, sent);
        Assert.Equal(length, receiving.BytesAgreed);
        Assert.Equal(sending.Root, receiving.Root);
        Assert.Equal(SendingStep.Wait, sending.Next);
        sending.OnEnd(TransferReason.Ok, "");
        Assert.Equal(SendingStep.Ended, sending.Next);
    }

    [Theory]
    [InlineData(3, 3)] // all that is here is right
    [InlineData(3, 1)] // one leaf is, the next is not
    [InlineData(3, 0)]
    [InlineData(5, 5)] // all of the file is here
    public void From_the_first_leaf_that_differs_data_goes(int here, int right)
    {
        TransferOffer offer = Offer((4L * Leaf) + 5);
        var sending = new SendingTransfer(offer);
        var receiving = new ReceivingTransfer(offer);
        byte[][] claims = [.. Enumerable.Range(0, here).Select(i => i < right ? Hash(i) : Hash(999))];
        Array.ForEach(claims, receiving.Claim);
        sending.OnAccept(Accept(offer, TransferAcceptState.More, 0, claims[..1]));
        sending.OnAccept(Accept(offer, TransferAcceptState.Last, 1, claims[1..]));
        long sent = Play(sending, receiving, credit: 64 * 1024);
        long skipped = Math.Min(offer.Length, (long)right * Leaf);
        Assert.Equal(offer.Length - skipped, sent);
        Assert.Equal(skipped, sending.BytesSkipped);
        Assert.Equal(offer.Length, receiving.BytesAgreed);
    }

    [Fact]
    public void Nothing_goes_without_credit_or_before_the_accept()
    {
        TransferOffer offer = Offer(10);
        var sending = new SendingTransfer(offer);
        sending.OnCredit(10);
        Assert.Equal(SendingStep.Wait, sending.Next);
        sending.OnAccept(Accept(offer, TransferAcceptState.Last, 0));
        Assert.Equal((SendingStep.Data, 10), (sending.Next, sending.NextLength));
        sending = new SendingTransfer(offer);
        sending.OnAccept(Accept(offer, TransferAcceptState.Last, 0));
        Assert.Equal(SendingStep.Wait, sending.Next);
        sending.OnCredit(3);
        Assert.Equal((SendingStep.Data, 3), (sending.Next, sending.NextLength));
    }

    [Fact]
    public void A_receiver_that_lies_about_what_it_has_is_found_out()
    {
        TransferOffer offer = Offer(3 * Leaf);
        Broken(sending => sending.OnAccept(Accept(offer, TransferAcceptState.Last, 1, Hash(0))));
        Broken(sending => sending.OnAccept(Accept(offer, TransferAcceptState.Last, 0, Hash(0), Hash(1), Hash(2), Hash(3))));
        Broken(sending => sending.OnAccept(Accept(offer, TransferAcceptState.Present, 1)));
        Broken(sending => sending.OnAccept(Accept(offer, TransferAcceptState.Present, 0, Hash(0))));
        Broken(sending =>
        {
            sending.OnAccept(Accept(offer, TransferAcceptState.More, 0, Hash(0)));
            sending.OnAccept(Accept(offer, TransferAcceptState.Present, 0));
        });
        Broken(sending => sending.OnEnd(TransferReason.Ok, ""));
        Broken(sending =>
        {
            sending.OnAccept(Accept(offer, TransferAcceptState.Last, 0, Hash(0)));
            sending.OnAccept(Accept(offer, TransferAcceptState.Last, 1, Hash(1)));
        });
        var huge = new SendingTransfer(Offer(TransferOffer.MaxLength));
        huge.OnAccept(Accept(offer, TransferAcceptState.More, 0, [.. Enumerable.Repeat(Hash(0), 8000)]));
        StationAssert.Fails(StationFault.TransferBroken, () => huge.OnAccept(Accept(offer, TransferAcceptState.More, 8000, Hash(1))));

        void Broken(Action<SendingTransfer> act) => StationAssert.Fails(StationFault.TransferBroken, () => act(new SendingTransfer(offer)));
    }

    [Fact]
    public void Claims_that_were_on_their_way_when_data_began_are_passed_over()
    {
        TransferOffer offer = Offer(5L * Leaf);
        var sending = new SendingTransfer(offer);
        sending.OnAccept(Accept(offer, TransferAcceptState.More, 0, Hash(77)));
        Assert.False(sending.Compare(0, Hash(0)));
        sending.OnAccept(Accept(offer, TransferAcceptState.Last, 1, Hash(1)));
        sending.OnCredit(1);
        Assert.Equal((SendingStep.Data, 0L), (sending.Next, sending.Offset));
    }

    [Fact]
    public void Data_out_of_order_beyond_the_length_or_over_a_leaf_is_refused()
    {
        TransferOffer offer = Offer(Leaf + 10);
        Broken(receiving => receiving.OnData(1, 5));
        Broken(receiving => receiving.OnData(-1, 5));
        Broken(receiving => receiving.OnData(Leaf, 10));
        Broken(receiving => receiving.OnData(0, Leaf + 1));
        Broken(receiving =>
        {
            receiving.OnData(0, 5);
            receiving.OnData(0, 5);
        });
        Broken(receiving =>
        {
            receiving.OnData(0, Leaf);
            receiving.OnData(Leaf, 10); // the hash of the leaf comes first
        });
        Broken(receiving =>
        {
            receiving.OnData(0, 5);
            receiving.OnLeaf(0, Hash(0), Hash(0)); // the leaf is not whole
        });
        Broken(receiving => receiving.OnLeaf(0, Hash(0), Hash(0)));
        Broken(receiving =>
        {
            receiving.Claim(Hash(0));
            receiving.OnLeaf(1, Hash(1), []);
        });
        Broken(receiving => receiving.OnDone(Hash(0)));
        Broken(
            receiving =>
            {
                receiving.OnDone(new LeafTree().Root());
                receiving.OnDone(new LeafTree().Root());
            },
            Offer(0));
        Broken(receiving => receiving.OnData(0, 1), Offer(0));

        void Broken(Action<ReceivingTransfer> act, TransferOffer? other = null) =>
            StationAssert.Fails(StationFault.TransferBroken, () => act(new ReceivingTransfer(other ?? offer)));
    }

    [Fact]
    public void Hashes_of_other_content_are_found()
    {
        TransferOffer offer = Offer(10);
        var receiving = new ReceivingTransfer(offer);
        receiving.OnData(0, 10);
        StationAssert.Fails(StationFault.ContentMismatch, () => receiving.OnLeaf(0, Hash(1), Hash(0)));
        Assert.Equal(0, receiving.BytesAgreed);
        receiving = new ReceivingTransfer(offer);
        receiving.Claim(Hash(0));
        StationAssert.Fails(StationFault.ContentMismatch, () => receiving.OnLeaf(0, Hash(1), []));
        receiving = new ReceivingTransfer(offer);
        receiving.OnData(0, 10);
        receiving.OnLeaf(0, Hash(0), Hash(0));
        StationAssert.Fails(StationFault.ContentMismatch, () => receiving.OnDone(new LeafTree().Root()));
        receiving = new ReceivingTransfer(offer, isPresent: true);
        StationAssert.Fails(StationFault.AlreadyExists, () => receiving.OnLeaf(0, Hash(1), Hash(0)));
    }

    [Fact]
    public void Of_a_file_that_is_there_only_hashes_go_and_no_more_ahead_than_8000()
    {
        TransferOffer offer = Offer(10_000L * Leaf);
        var sending = new SendingTransfer(offer);
        sending.OnAccept(Accept(offer, TransferAcceptState.Present, 0));
        for (int i = 0; i < 8000; i++)
        {
            Assert.Equal(SendingStep.Compare, sending.Next);
            Assert.True(sending.Compare(i, Hash(i)));
        }

        Assert.Equal(SendingStep.Wait, sending.Next);
        sending.OnAccept(Accept(offer, TransferAcceptState.Present, 5000));
        Assert.Equal(SendingStep.Compare, sending.Next);
    }

    [Fact]
    public void A_file_that_looked_the_same_and_is_another_is_sent_from_its_beginning()
    {
        TransferOffer offer = Offer(2L * Leaf);
        var sending = new SendingTransfer(offer);
        sending.OnAccept(Accept(offer, TransferAcceptState.Present, 0));
        Assert.True(sending.Compare(0, Hash(0)));
        Assert.True(sending.Compare(1, Hash(1)));
        sending.TakeDone();
        sending.OnAccept(Accept(offer, TransferAcceptState.Last, 0));
        Assert.Equal((0L, 0L), (sending.Offset, sending.BytesSkipped));
        Assert.False(sending.Compare(1, Hash(1)));
        Assert.Equal(2L * Leaf, Play(sending, new ReceivingTransfer(offer), credit: Leaf));
    }

    /// <summary>Plays to the end, with credit in portions; returns the bytes of data.</summary>
    private static long Play(SendingTransfer sending, ReceivingTransfer receiving, uint credit)
    {
        long sent = 0;
        while (true)
        {
            switch (sending.Next)
            {
                case SendingStep.Compare:
                    long leaf = sending.Leaf;
                    if (sending.Compare(leaf, Hash(leaf)))
                    {
                        receiving.OnLeaf(leaf, Hash(leaf), []);
                    }

                    break;
                case SendingStep.Data:
                    int length = sending.NextLength;
                    receiving.OnData(sending.Offset, length);
                    sending.TakeData(length);
                    sent += length;
                    break;
                case SendingStep.Leaf:
                    receiving.OnLeaf(sending.Leaf, Hash(sending.Leaf), Hash(sending.Leaf));
                    sending.TakeLeaf(Hash(sending.Leaf));
                    break;
                case SendingStep.Done:
                    receiving.OnDone(sending.TakeDone());
                    return sent;
                default:
                    sending.OnCredit(credit);
                    break;
            }
        }
    }

    private static TransferOffer Offer(long length) => new(TransferId.Create(), ["a"], length);

    private static TransferAccept Accept(TransferOffer offer, TransferAcceptState state, long first, params byte[][] hashes) =>
        new(offer.Id, state, first, hashes.SelectMany(static hash => hash).ToArray());

    private static byte[] Hash(long leaf)
    {
        byte[] hash = new byte[32];
        BitConverter.TryWriteBytes(hash, leaf);
        return hash;
    }
}
