namespace SecureStation.Core.Tests.Sessions.Secure.Simulation;

/// <summary>One thing that happens in a simulated run, to the left station or the right one, with a number that it makes use of.</summary>
internal readonly record struct SimulationStep(SimulationStepKind Kind, bool IsLeft, int Number);

internal enum SimulationStepKind
{
    /// <summary>Its user sends a message.</summary>
    Send,

    /// <summary>Its user sends a long message.</summary>
    SendLong,

    /// <summary>Its user takes messages out of the inbox.</summary>
    Take,

    /// <summary>Time passes.</summary>
    Wait,

    /// <summary>A long time passes.</summary>
    WaitLong,

    /// <summary>What it sends takes so long from now on.</summary>
    Delay,

    /// <summary>Its disk is done with what there was to write.</summary>
    Commit,

    /// <summary>Its user waits for the delivery of what it has sent.</summary>
    Ask,

    /// <summary>It changes its key, and asks the other to.</summary>
    Rekey,

    /// <summary>The connection is cut; some of what is under way still arrives.</summary>
    Cut,

    /// <summary>The connection stands still: nothing arrives, nobody is told.</summary>
    Stall,

    /// <summary>A new connection, whether the old one is known to be gone or not.</summary>
    Reconnect,

    /// <summary>Its user closes the session.</summary>
    Close,

    /// <summary>Its user closes the session and drops what waits.</summary>
    CloseNow,

    /// <summary>Its user aborts the session.</summary>
    Abort,
}
