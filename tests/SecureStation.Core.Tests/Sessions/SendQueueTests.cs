using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;

namespace SecureStation.Core.Tests.Sessions;

/// <summary>What is put back goes out before what came later, in its order; the bounds count it all the same.</summary>
public class SendQueueTests
{
    [Fact]
    public void What_is_put_back_comes_first_and_in_its_order()
    {
        SendQueue queue = Filled(5);
        PendingMessage[] taken = [Next(queue), Next(queue), Next(queue)];

        queue.PutBack(taken.AsSpan(1));

        Assert.Equal(4, queue.Count);
        Assert.Equal([2ul, 3ul, 4ul, 5ul], Enumerable.Range(0, 4).Select(_ => Next(queue).Id));
        Assert.False(queue.TryDequeue(out _));
    }

    [Fact]
    public void A_message_takes_its_room_until_it_is_written()
    {
        SendQueue queue = Filled(5);
        PendingMessage first = Next(queue);
        Assert.False(queue.HasRoomFor(10));

        queue.PutBack([first]);
        Assert.False(queue.HasRoomFor(10));

        Next(queue);
        queue.NoteWritten(messages: 1, room: 10);
        Assert.True(queue.HasRoomFor(10));
        Assert.False(queue.HasRoomFor(11));
        queue.Clear();
        Assert.True(queue.HasRoomFor(1000));
        Assert.True(queue.HasPlentyOfRoom);
    }

    private static SendQueue Filled(int messages)
    {
        var queue = new SendQueue(maxBytes: 10 * messages, maxMessages: 100);
        for (int i = 1; i <= messages; i++)
        {
            queue.Enqueue(new PendingMessage(OutgoingMessage.Bytes(new byte[10]), (ulong)i, HeadSize: MessageCodec.FixedSize));
        }

        return queue;
    }

    private static PendingMessage Next(SendQueue queue) => queue.TryDequeue(out PendingMessage message) ? message : throw new InvalidOperationException("The queue is empty.");
}
