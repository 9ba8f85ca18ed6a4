namespace SecureStation.Core.Tests.State.Crashes;

/// <summary>One thing that happens in a run with crashes, to the left station or the right one, with a number that it makes use of.</summary>
internal readonly record struct CrashStep(CrashStepKind Kind, bool IsLeft, int Number);

internal enum CrashStepKind
{
    /// <summary>Its user sends a message.</summary>
    Send,

    /// <summary>Its user sends a long message.</summary>
    SendLong,

    /// <summary>One of its services asks the peer's.</summary>
    SendService,

    /// <summary>Its user takes messages out of the inbox.</summary>
    Take,

    /// <summary>Time passes.</summary>
    Wait,

    /// <summary>What it sends takes so long from now on.</summary>
    Delay,

    /// <summary>Its disk begins a commit, or is done with the one that it has begun.</summary>
    Commit,

    /// <summary>Its user waits for the delivery of what it has sent.</summary>
    Ask,

    /// <summary>The connection is cut; some of what is under way still arrives.</summary>
    Cut,

    /// <summary>A new connection, whether the old one is known to be gone or not.</summary>
    Reconnect,

    /// <summary>Its process dies, and another begins with what was committed.</summary>
    Crash,

    /// <summary>Its process dies in the middle of a commit: nothing of that is there.</summary>
    CrashBeforeCommit,

    /// <summary>Its process dies after a commit that it was not told of any more.</summary>
    CrashAfterCommit,
}
