namespace SecureStation.Core.Tests;

/// <summary>Assertions about the one exception family.</summary>
public static class StationAssert
{
    /// <summary>The action throws a StationException of this fault, which is returned.</summary>
    public static StationException Fails(StationFault fault, Action action)
    {
        StationException exception = Assert.Throws<StationException>(action);
        Assert.True(fault == exception.Fault, $"{exception.Fault} where {fault} was expected: {exception.Message}");
        return exception;
    }
}
