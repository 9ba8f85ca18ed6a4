using SecureStation.Core;

namespace SecureStation;

// What a cmdlet does with the files that its -Path and -LiteralPath name.
public abstract partial class StationCmdlet
{
    /// <summary>Does something with each file that there is. A path that fails writes its error, and the others go on.</summary>
    /// <param name="paths">What -Path was given, with wildcards.</param>
    /// <param name="literalPaths">What -LiteralPath was given.</param>
    /// <param name="use">Is given the full path.</param>
    private protected void ForEachFile(string[] paths, string[] literalPaths, Action<string> use)
    {
        foreach ((string path, bool isLiteral) in paths.Select(path => (path, false)).Concat(literalPaths.Select(path => (path, true))))
        {
            try
            {
                foreach (string file in PathResolver.Existing(this, path, isLiteral))
                {
                    use(file);
                }
            }
            catch (StationException failure)
            {
                WriteFailure(failure, path);
            }
        }
    }

    /// <summary>Writes a file as Get-Item does, with what PowerShell adds to it.</summary>
    private protected void WriteFileItem(string file) =>
        WriteObject(InvokeProvider.Item.Get([file], force: true, literalPath: true), enumerateCollection: true);
}
