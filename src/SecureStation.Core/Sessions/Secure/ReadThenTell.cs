using System.Runtime.CompilerServices;

namespace SecureStation.Core.Sessions.Secure;

/// <summary>
/// Awaits a read that is under way, and wakes whoever waits for what was read before, on this thread, after the reader has gone to sleep: the read's end is
/// another thread's to see to, however long this one is kept. Who waits for room goes on here only where nobody waits for a message.
/// </summary>
internal readonly struct ReadThenTell(ValueTask<int> reading, ArrivalSignal arrivals, ArrivalSignal? room) : ICriticalNotifyCompletion
{
    /// <summary>False: whoever waits is to be woken in any case.</summary>
    public bool IsCompleted => false;

    public ReadThenTell GetAwaiter() => this;

    public int GetResult() => reading.GetAwaiter().GetResult();

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation)
    {
        ArrivalSignal told = arrivals;
        ArrivalSignal? roomTold = room;
        reading.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(continuation);
        if (roomTold is null)
        {
            told.PulseHere();
        }
        else if (told.HasFirst)
        {
            roomTold.Pulse();
            told.PulseHere();
        }
        else
        {
            told.Pulse();
            roomTold.PulseHere();
        }
    }
}
