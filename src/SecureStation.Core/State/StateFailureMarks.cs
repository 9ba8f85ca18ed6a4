namespace SecureStation.Core.State;

/// <summary>Marks failures that are the file's own, which may be cleared away.</summary>
internal static class StateFailureMarks
{
    public static StationException Damaged(this StationException failure)
    {
        failure.Data["damaged"] = true;
        return failure;
    }
}
