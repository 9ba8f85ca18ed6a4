namespace SecureStation.Core.Auditing;

/// <summary>Something that is wrong with a station log.</summary>
/// <param name="Line">The line in the file: 1, 2, 3 …; 0 where it is about the whole.</param>
/// <param name="Message">What is wrong.</param>
public sealed record StationLogProblem(long Line, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => Line > 0 ? $"Line {Line}: {Message}" : Message;
}
