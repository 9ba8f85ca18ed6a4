using System.Buffers.Binary;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;

namespace SecureStation.Core.Tests.State.Crashes;

/// <summary>
/// The model of one direction: what its sender was told is accepted, and what its receiver's user was given. The promise, held against both:
/// each message once and in order, and again only where the process that had it died before that was written down, and then marked.
/// </summary>
internal sealed class MessageModel
{
    private readonly ulong _before;
    private readonly List<SentMessage> _sent = [];
    private readonly HashSet<long> _served = [];
    private readonly HashSet<ulong> _voidable = [];
    private ulong _lastGiven;
    private ulong _lastGivenHere;

    /// <param name="before">The last message of those that went before.</param>
    public MessageModel(ulong before) => _before = _lastGiven = AcceptedId = TakenId = before;

    /// <summary>The last message whose sending was reported as done.</summary>
    public ulong AcceptedId { get; set; }

    /// <summary>The last message whose taking is written down: it is never given again.</summary>
    public ulong TakenId { get; set; }

    /// <summary>How many were given again, marked.</summary>
    public int Repeats { get; private set; }

    /// <summary>The last message.</summary>
    public ulong LastId => _before + (ulong)_sent.Count;

    public SentMessage this[ulong id] => _sent[(int)(id - _before) - 1];

    /// <summary>The core took a message in; nobody was told yet.</summary>
    public void Add(SentMessage message) => _sent.Add(message);

    /// <summary>The sender's process died: it goes on after this message.</summary>
    public void RestartSender(ulong goesOnAfter)
    {
        Assert.True(goesOnAfter >= AcceptedId, $"Message {AcceptedId} was accepted, and after a restart {goesOnAfter} is the last one.");
        Assert.True(goesOnAfter <= LastId, $"Message {goesOnAfter} was never sent.");
        _sent.RemoveRange((int)(goesOnAfter - _before), (int)(LastId - goesOnAfter));
        for (ulong id = _before + 1; id <= goesOnAfter; id++)
        {
            if (this[id].IsService)
            {
                _voidable.Add(id);
            }
        }
    }

    /// <summary>The receiver's process died.</summary>
    public void RestartReceiver() => _lastGivenHere = 0;

    /// <summary>The receiver's user was given a message.</summary>
    public void Give(StationMessage message)
    {
        Check(message);
        Assert.True(message.Id > _lastGivenHere, $"Message {message.Id} after {_lastGivenHere}.");
        Assert.True(message.Id > TakenId, $"Message {message.Id} was given again, though it was written down that {TakenId} was.");
        _lastGivenHere = message.Id;
        if (message.Id <= _lastGiven)
        {
            Assert.True(message.Redelivered, $"Message {message.Id} was given twice without a mark.");
            Repeats++;
            return;
        }

        for (ulong id = _lastGiven + 1; id < message.Id; id++)
        {
            Assert.True(this[id].IsService, $"Message {id} is missing before {message.Id}.");
        }

        _lastGiven = message.Id;
    }

    /// <summary>A service of the receiver got a message.</summary>
    public void Serve(StationMessage message)
    {
        if (message.GetHeader(OutgoingMessage.ServiceHeader) == OutgoingMessage.VoidService)
        {
            Assert.Contains(message.Id, _voidable);
            Assert.Equal(this[message.Id].Size, message.Length);
        }
        else
        {
            Check(message);
            Assert.True(_served.Add(this[message.Id].Number), $"The request of message {message.Id} was served twice.");
        }
    }

    /// <summary>All that was accepted was given.</summary>
    public void CheckAllGiven()
    {
        for (ulong id = _lastGiven + 1; id <= LastId; id++)
        {
            Assert.True(this[id].IsService, $"Message {id} was never given.");
        }
    }

    private void Check(StationMessage message)
    {
        Assert.InRange(message.Id, _before + 1, LastId);
        SentMessage sent = this[message.Id];
        Assert.Equal((sent.Number, sent.Size, sent.IsService), (BinaryPrimitives.ReadInt64BigEndian(message.BodyBytes.Span), message.Length, message.Kind == StationMessageKind.Service));
    }
}
