namespace SecureStation.Core.Notary.Log;

/// <summary>Something wrong with a log, and where.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Sequence">The number of the entry; 0 where the line could not be read.</param>
/// <param name="Line">The line of the file, or the place in the pipeline, from 1; 0 where there is none.</param>
/// <param name="Message">A sentence about it.</param>
public sealed record NotaryLogProblem(NotaryLogProblemKind Kind, long Sequence, long Line, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => Message;
}
