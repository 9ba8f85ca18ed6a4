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

    public static async Task<StationMessage> ReceivesAsync(StationSession session, string text, string? sender = null, bool isBroadcast = false)
    {
        StationMessage message = await session.ReceiveAsync(ScriptedPeer.Limit);
        Assert.Equal(text, message.Body);
        Assert.Equal(sender, message.Sender);
        Assert.Equal(isBroadcast, message.IsBroadcast);
        return message;
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
