using System.Collections;
using System.Management.Automation;
using SecureStation.Core.Connecting;
using SecureStation.Core.Sessions;

namespace SecureStation.Completers;

/// <summary>Completes the caller's variables that hold a thing of a type, or the two ends of a loopback.</summary>
public class VariableCompleter<T> : NameCompleter
    where T : class
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string Hint)> Names(IDictionary bound)
    {
        using var powershell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        foreach (PSVariable variable in powershell.AddCommand("Microsoft.PowerShell.Utility\\Get-Variable").Invoke<PSVariable>())
        {
            // $_ and the like come and go.
            if (variable.Name.Length > 0 && variable.Name.All(static c => char.IsLetterOrDigit(c) || c is '_' or '-' or ' ') && char.IsLetter(variable.Name[0]))
            {
                string name = variable.Name.All(static c => char.IsLetterOrDigit(c) || c == '_') ? "$" + variable.Name : "${" + variable.Name + "}";
                foreach ((string, string) found in Holding(name, variable.Value is PSObject wrapped ? wrapped.BaseObject : variable.Value))
                {
                    yield return found;
                }
            }
        }
    }

    private static IEnumerable<(string Name, string Hint)> Holding(string name, object? value) => value switch
    {
        T one => [(name, one.ToString() ?? "")],
        StationLoopback pair when typeof(T) == typeof(StationSession) => [($"{name}.Left", pair.Left.Id), ($"{name}.Right", pair.Right.Id)],
        IList { Count: > 0 } list when list.Cast<object?>().All(static item => (item is PSObject wrapped ? wrapped.BaseObject : item) is T) => [(name, $"{list.Count} of them")],
        _ => [],
    };
}
