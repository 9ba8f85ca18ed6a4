using System.Collections;

namespace SecureStation.Completers;

/// <summary>Completes what runs in this process: the caller's variables that hold such things, and ids.</summary>
public sealed class RunningCompleter<T> : VariableCompleter<T>
    where T : class
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string Hint)> Names(IDictionary bound) => base.Names(bound).Concat(IdKinds.Of<T>().Names);
}
