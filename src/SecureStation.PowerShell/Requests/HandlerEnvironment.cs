using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Text;

namespace SecureStation.Requests;

/// <summary>What a handler's script is, and what it finds where it runs: taken from the caller once, at its registration.</summary>
/// <param name="Script">Its text: a script block of the caller's runs in the caller's runspace only.</param>
/// <param name="Using">The values of its $using: expressions, by the keys that PowerShell looks them up by.</param>
/// <param name="Variables">Variables that it has.</param>
/// <param name="Modules">Modules that are imported for it.</param>
/// <param name="Location">Its current folder.</param>
/// <param name="LanguageMode">What its language may do: as much as the caller's.</param>
internal sealed record HandlerEnvironment(
    string Script,
    IReadOnlyDictionary<string, object?> Using,
    IReadOnlyDictionary<string, object?> Variables,
    IReadOnlyList<string> Modules,
    string Location,
    PSLanguageMode LanguageMode)
{
    private const string Prefix = "$using:";

    /// <summary>Takes all from the caller.</summary>
    public static HandlerEnvironment Of(PSCmdlet cmdlet, ScriptBlock script, Hashtable? variables, IEnumerable<string> modules) => new(
        script.ToString(),
        UsingValues(cmdlet, script),
        (variables ?? []).Cast<DictionaryEntry>().ToDictionary(static one => one.Key.ToString()!, static one => one.Value, StringComparer.OrdinalIgnoreCase),
        [.. modules.Select(module => Resolve(cmdlet, module))],
        cmdlet.SessionState.Path.CurrentFileSystemLocation.ProviderPath,
        cmdlet.SessionState.LanguageMode);

    // As Start-ThreadJob does it: the engine looks a $using: up by the base64 of its text, a variable's in lower case.
    private static Dictionary<string, object?> UsingValues(PSCmdlet cmdlet, ScriptBlock script)
    {
        var values = new Dictionary<string, object?>();
        foreach (UsingExpressionAst expression in script.Ast.FindAll(static ast => ast is UsingExpressionAst, searchNestedScriptBlocks: true).Cast<UsingExpressionAst>())
        {
            string text = expression.SubExpression is VariableExpressionAst ? expression.ToString().ToLowerInvariant() : expression.ToString();
            values.TryAdd(Convert.ToBase64String(Encoding.Unicode.GetBytes(text)), ValueOf(cmdlet, expression.SubExpression));
        }

        return values;
    }

    // The text begins with $using: as it stands in the script; what is meant is the caller's own variable.
    private static object? ValueOf(PSCmdlet cmdlet, ExpressionAst expression) => expression is VariableExpressionAst variable
        ? cmdlet.SessionState.PSVariable.GetValue(variable.VariablePath.UserPath)
        : cmdlet.InvokeCommand.InvokeScript("$" + expression.ToString()[Prefix.Length..], useNewScope: true, System.Management.Automation.Runspaces.PipelineResultTypes.None, input: null)
            is [var one] ? one : null;

    // A path is the caller's, relative to its folder; a name is looked up in the module path.
    private static string Resolve(PSCmdlet cmdlet, string module) =>
        module.IndexOfAny(['/', '\\']) >= 0 || module.EndsWith(".psd1", StringComparison.OrdinalIgnoreCase) || module.EndsWith(".psm1", StringComparison.OrdinalIgnoreCase)
            ? PathResolver.Unresolved(cmdlet, module)
            : module;
}
