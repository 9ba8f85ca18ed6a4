using SecureStation.Core;
using SecureStation.Core.Sessions;

namespace SecureStation.Legacy.Tests.Chat;

/// <summary>Assertions about sessions and failures.</summary>
internal static class ChatAssert
{
    public static async Task<StationException> FailsAsync(StationFault fault, Func<Task> action)
    {
        StationException exception = await Assert.ThrowsAsync<StationException>(() => action().WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.True(fault == exception.Fault, $"{exception.Fault} where {fault} was expected: {exception.Message}");
        return exception;
    }

    public static async Task<StationMessage> ReceivesAsync(StationSession session, string text, string? sender = null)
    {
        StationMessage message = await session.ReceiveAsync(ScriptedPeer.Limit);
        Assert.Equal(text, message.Body);
        Assert.Equal(sender, message.Sender);
        Assert.False(message.IsBroadcast);
        return message;
    }

    /// <summary>What a server of the AES chat passed on: a name and a text, in two writes.</summary>
    /// <remarks>Nothing on the wire says that they belong together. Where the machine is so busy that one read has both, or that a pause lies between
    /// them, the name is taken for text (docs/protocol/aes-chat.md); that is right, and nothing else is.</remarks>
    public static async Task ReceivesBroadcastAsync(StationSession session, string text, string sender)
    {
        StationMessage message = await session.ReceiveAsync(ScriptedPeer.Limit);
        Assert.True(message.IsBroadcast);
        if (message.Sender is null && (string?)message.Body == sender)
        {
            StationMessage second = await session.ReceiveAsync(ScriptedPeer.Limit);
            Assert.Equal((text, null), ((string?)second.Body, second.Sender));
            return;
        }

        Assert.Equal(message.Sender is null ? (null, sender + text) : (sender, text), (message.Sender, (string?)message.Body));
    }

    /// <summary>A count that another thread brings there.</summary>
    public static async Task BecomesAsync(long expected, Func<long> count)
    {
        for (int i = 0; count() != expected && i < 12_000; i++)
        {
            await Task.Delay(5);
        }

        Assert.Equal(expected, count());
    }

    public static async Task<StationException> EndsAsync(StationSession session, StationFault fault)
    {
        for (int i = 0; session.EndReason is null && i < 12_000; i++)
        {
            await Task.Delay(5);
        }

        Assert.NotNull(session.EndReason);
        Assert.True(fault == session.EndReason.Fault, $"{session.EndReason.Fault} where {fault} was expected: {session.EndReason.Message}");
        return session.EndReason;
    }
}
